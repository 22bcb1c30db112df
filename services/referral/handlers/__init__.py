"""Commands and reactions of referral: translate, load, decide, save."""
