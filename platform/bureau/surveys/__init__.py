"""Surveys by link or QR, without an account, scored by the same engine; with limits against stuffing."""
