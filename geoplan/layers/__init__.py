"""Layers: source files of any origin become one city's layers, checked and described."""
