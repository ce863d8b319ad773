"""Suppliers: a company's registration at a bureau, its licences, and what it may bid for."""
