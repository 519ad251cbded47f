"""Pictures of networks: `layout.place` decides where everything goes, `svg` writes it out."""
