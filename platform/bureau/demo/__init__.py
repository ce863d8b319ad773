"""The demo district as plain values: generated, the same for the same seed, and marked 演示 wherever it has a name.

Nothing here touches the database; a loader puts these values in through the modules' own services.
"""

SEED = 20261101
MARK = "演示"
