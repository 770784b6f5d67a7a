"""Records as other systems read them: OCSF, ECS, CEF and CSV, once for `export` and on their way to a SIEM."""
