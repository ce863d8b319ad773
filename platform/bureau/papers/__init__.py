"""Official papers from what is recorded: on-site record, rectification notice, bulletin, letter to a school."""
