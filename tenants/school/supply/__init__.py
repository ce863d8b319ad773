"""Goods receipts: what came in, from whom, which batch, with which certificates (进货查验)."""
