"""Sources: how each protocol is reached, and its options."""

from __future__ import annotations

from typing import cast

from schemas import site_form as form
from schemas.site import ModbusOptions, MqttOptions, OpcuaOptions, Options, Protocol, PushOptions, Source
from schemas.site_addresses import read_clock
from schemas.site_context import Context
from schemas.site_replay import read_replay
from schemas.site_tags import read_tag
from schemas.site_text import Path
from schemas.site_url import check_url
from schemas.topic_filter import is_filter, matches


def read_source(source: form.AnySource, path: Path, context: Context, assets: frozenset[str]) -> Source:
    """One source with its tags, checked; `assets` are the ids of the declared ones."""
    forms: list[form.AnyTag] = [*source.tag]
    tags = tuple(read_tag(tag, (*path, "tag", index), context, assets) for index, tag in enumerate(forms))
    if not tags and not context.found.has((*path, "tag")):
        context.found.warn(path, "a source without tags reads nothing")
    url, time = "", None
    if isinstance(source, form.ConnectedForm):
        url, time = source.url, source.time
        check_url(source, (*path, "url"), context.found)
    return Source(
        name=source.name,
        protocol=cast(Protocol, source.__struct_config__.tag),
        url=url,
        options=_options(source, path, context),
        tags=tags,
        lateness_us=context.duration_us(source.lateness, context.lateness_us),
        idle_after_us=context.duration_us(source.idle_after, context.idle_after_us),
        time=time or "source",
    )


def _options(source: form.AnySource, path: Path, context: Context) -> Options:
    match source:
        case form.ModbusForm():
            clock = read_clock(source.clock, (*path, "clock"), context) if source.clock else None
            return ModbusOptions(source.poll_interval_s, source.timeout_s, clock)
        case form.OpcuaForm():
            return _opcua(source, path, context)
        case form.MqttForm():
            return _mqtt(source, path, context)
        case form.ReplayForm():
            return read_replay(source, path, context)
        case form.PushForm():
            return PushOptions()


def _opcua(source: form.OpcuaForm, path: Path, context: Context) -> OpcuaOptions:
    _check_security(source, path, context)
    _check_login(source.username, source.password_file, path, context)
    return OpcuaOptions(
        publishing_interval_s=source.publishing_interval_s,
        sampling_interval_s=source.sampling_interval_s,
        queue_size=source.queue_size,
        trigger=source.trigger,
        backfill=source.backfill,
        timeout_s=source.timeout_s,
        security_policy=source.security_policy,
        security_mode=source.security_mode or "None",
        certificate=context.file(source.certificate, (*path, "certificate")),
        private_key=context.file(source.private_key, (*path, "private_key")),
        server_certificate=context.file(source.server_certificate, (*path, "server_certificate")),
        username=source.username,
        password_file=context.file(source.password_file, (*path, "password_file")),
    )


def _check_security(source: form.OpcuaForm, path: Path, context: Context) -> None:
    if context.found.has((*path, "security_policy")):
        return
    mode = (*path, "security_mode")
    if source.security_policy == "None":
        context.found.warn(
            (*path, "security_policy"), "neither encrypted nor signed: anyone on the way reads and alters"
        )
        if source.security_mode not in (None, "None"):
            context.found.error(mode, "a mode needs a security_policy that is not None")
        return
    if source.security_mode in (None, "None"):
        context.found.error(mode, f'{source.security_policy} needs "Sign" or "SignAndEncrypt"')
    for key in ("certificate", "private_key", "server_certificate"):
        if getattr(source, key) is None:
            context.found.error((*path, key), f"missing: {source.security_policy} needs it; a path from the site file")


def _check_login(username: str | None, password_file: str | None, path: Path, context: Context) -> None:
    if password_file is not None and username is None:
        context.found.error((*path, "username"), "missing: password_file needs it")
    if username is not None and password_file is None:
        context.found.warn((*path, "username"), "no password_file: the user is named without a password")


def _mqtt(source: form.MqttForm, path: Path, context: Context) -> MqttOptions:
    _check_login(source.username, source.password_file, path, context)
    if (source.certificate is None) != (source.private_key is None):
        context.found.error((*path, "certificate"), "a client certificate needs both: certificate and private_key")
    filters = tuple(source.topic_filters) or _filters_of(source, context)
    for index, topic_filter in enumerate(source.topic_filters):
        if not is_filter(topic_filter):
            fix = "no topic filter: + stands alone between slashes, # alone at the end"
            context.found.error((*path, "topic_filters", index), fix)
    for index, tag in enumerate(source.tag):
        if tag.topic and not any(matches(topic_filter, tag.topic) for topic_filter in filters):
            context.found.error((*path, "tag", index, "topic"), "no filter of topic_filters lets this topic through")
    return MqttOptions(
        topic_filters=filters,
        qos=source.qos,
        client_id=source.client_id,
        username=source.username,
        password_file=context.file(source.password_file, (*path, "password_file")),
        ca_file=context.file(source.ca_file, (*path, "ca_file")),
        certificate=context.file(source.certificate, (*path, "certificate")),
        private_key=context.file(source.private_key, (*path, "private_key")),
        keep_alive_s=source.keep_alive_s,
    )


def _filters_of(source: form.MqttForm, context: Context) -> tuple[str, ...]:
    """The tags' own topics, where the file names no filter."""
    topics = [tag.topic for tag in source.tag if tag.topic]
    groups = [f"spBv1.0/{tag.sparkplug.group or context.site_id}/#" for tag in source.tag if tag.sparkplug]
    return tuple(dict.fromkeys([*topics, *groups]))
