"""The server of the lab: what a page alone cannot do, for the page and for nobody else.

Conventions: loaded only when a page is served, since it needs the extra ``lab``. The protocol is
`gradatim.lab.server.protocol`; who may ask is decided by `gradatim.lab.server.guard`.
"""
