"""A small plant served over real OPC UA, Modbus TCP and MQTT: synthetic, or a measured boiler played back."""
