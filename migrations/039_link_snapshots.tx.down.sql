DROP TABLE link_snapshots;
