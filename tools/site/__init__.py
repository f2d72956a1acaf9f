"""The course as a web site: `make site` writes build/site/, which needs no server and asks nobody for anything."""
