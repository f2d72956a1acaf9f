"""Makes the bundled recordings: words that synthetic voices say in made-up rooms. README.md beside this tells how."""
