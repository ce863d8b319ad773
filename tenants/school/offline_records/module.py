from kernel.module import Module

MODULE = Module(name="offline_records")
