"""Filling without a network: what phones hand in, and what they get in return (docs/fill-protocol.md)."""
