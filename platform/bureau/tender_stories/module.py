"""Demo tenders at several stages, declared to the composition root."""

from bureau.tender_stories.demo import demo
from kernel.module import Module

MODULE = Module(name="tender_stories", demo=demo)
