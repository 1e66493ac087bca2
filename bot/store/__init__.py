"""What is kept: models, migrations, and one named function per change."""
