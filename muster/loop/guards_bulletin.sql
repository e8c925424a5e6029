-- Guards of bulletins: what stands in an issue is what its approver published under its number, whatever the code does.

-- A publication stands in the issue of its own number and approver. That nobody approves what they drafted is known of the
-- issue (a check) and of each publication (second_person). The publication's row comes with the act's other rows, after this.
alter table publication add constraint publication_numbered unique (id, number, by_id);
alter table bulletin add constraint bulletin_numbered unique (id, number, approver_id);
alter table bulletin_item
  add constraint bulletin_item_as_published foreign key (publication_id, number, approver_id)
    references publication (id, number, by_id) deferrable initially deferred,
  add constraint bulletin_item_of_issue foreign key (bulletin_id, number, approver_id)
    references bulletin (id, number, approver_id);

-- A reply is the unit's: of a person, for an organisation that they belong to, to a draft of the same matter.
alter table publication_draft add constraint publication_draft_of_matter unique (matter_id, id);
alter table publication_reply
  alter column by_id set not null, alter column by_organisation_id set not null,
  add constraint publication_reply_same_matter foreign key (matter_id, asked_id)
    references publication_draft (matter_id, id),
  add constraint publication_reply_member foreign key (by_id, by_organisation_id)
    references membership (person_id, organisation_id);

create trigger kept before update or delete on publication_reply for each row execute function kept();
create trigger kept_all before truncate on publication_reply execute function kept();
create trigger kept before update or delete on bulletin_item for each row execute function kept();
create trigger kept_all before truncate on bulletin_item execute function kept();
create trigger kept before update or delete on bulletin for each row execute function kept('withdrawn_at');
create trigger kept_all before truncate on bulletin execute function kept();
