# %% [markdown]
# # Warm-up: NumPy in a quarter of an hour
