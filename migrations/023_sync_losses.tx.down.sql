DROP TABLE sync_losses;
