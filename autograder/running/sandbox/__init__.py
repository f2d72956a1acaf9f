"""Student code behind walls: what a kernel may see, use and change while a class is graded."""
