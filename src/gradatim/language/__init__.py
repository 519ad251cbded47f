"""What equations and functions are typed in: one tokenizer, one grammar, one spelling of names.

Conventions: this part says how a text is cut and nested. What a name means, and what a network or a
function may hold, is decided above, by `gradatim.network` and `gradatim.certificates`.
"""
