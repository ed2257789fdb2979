"""Files of the past (CSV, Parquet, Modelica tables) → samples with their own timestamps."""
