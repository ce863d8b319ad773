from kernel.module import Module

MODULE = Module(name="settlement")
