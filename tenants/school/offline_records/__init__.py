"""Receipts and daily records made under /fill/ without a network, and handed in when it is there again."""
