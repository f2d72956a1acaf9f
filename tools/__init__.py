"""What makes the course, and is no part of it."""
