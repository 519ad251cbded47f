"""The JAX engine: blocks of networks as one program, for accelerators and several devices.

Conventions: part of the extra ``gradatim[jax]``; nothing else in the package imports JAX.
"""
