DROP TABLE link_drafts;
