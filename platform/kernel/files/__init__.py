"""Attachments, content-addressed per tenant."""
