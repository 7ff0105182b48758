-- Whether a person, a service or the system itself acted; '' where the source does not say.

ALTER TABLE password_view ADD COLUMN "actor_kind" text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE audit_tracking ADD COLUMN "actor_kind" text COLLATE "C" NOT NULL DEFAULT '';
