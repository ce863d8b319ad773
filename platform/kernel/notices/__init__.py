"""Notices in the inbox, by mail and by chat, through the outbox."""
