"""Pure maths of heat and power: SI in, SI out, vectorised over numpy arrays; imports nothing of ours."""
