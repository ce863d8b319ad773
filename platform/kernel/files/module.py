"""Attachments as a module."""

from kernel.files.views import blueprint
from kernel.module import Module

MODULE = Module(name="files", pages=[blueprint])
