"""公开数据: what happened to a tender as Open Contracting data (OCDS 1.1.5), and nothing before its time."""
