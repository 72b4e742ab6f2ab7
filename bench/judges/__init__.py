"""Judges: who reads explanations in place of a person, and how a choice of K is put to them."""
