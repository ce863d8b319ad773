from kernel.module import Module

MODULE = Module(name="supplier_scores")
