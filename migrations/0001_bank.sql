-- The bank's tables, in four families.
--
--   log         entries, items, subtrees, heads, checkpoints: what is signed and hashed. Insert-only.
--   projection  the state that the log gives: can be dropped and rebuilt from it.
--   identity    persons, sealed. Outside the log.
--   access      credentials, sessions, who looked at whom. Outside the log.
--
-- The daemon works as role creditbank_daemon, which can neither change nor delete what the log holds.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'creditbank_daemon') THEN
        CREATE ROLE creditbank_daemon LOGIN;
    END IF;
END
$$;

CREATE SCHEMA log;
CREATE SCHEMA projection;
CREATE SCHEMA identity;
CREATE SCHEMA access;

-- Log

CREATE TABLE log.entry (
    entry_index bigint PRIMARY KEY CHECK (entry_index >= 0),
    leaf_hash bytea NOT NULL CHECK (length(leaf_hash) = 32),
    institution_id text COLLATE "C" NOT NULL,
    request_id bytea NOT NULL CHECK (length(request_id) = 16),
    booked_at_us bigint NOT NULL,
    entry bytea NOT NULL CHECK (length(entry) <= 65535),
    UNIQUE (institution_id, request_id)
);

CREATE TABLE log.item (
    entry_index bigint NOT NULL,
    item_index integer NOT NULL CHECK (item_index >= 0),
    account_no text COLLATE "C",
    item bytea NOT NULL,
    PRIMARY KEY (entry_index, item_index)
);
CREATE INDEX item_account ON log.item (account_no, entry_index, item_index)
    WHERE account_no IS NOT NULL;

CREATE TABLE log.subtree (
    level smallint NOT NULL CHECK (level >= 1),
    number bigint NOT NULL CHECK (number >= 0),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, number)
);

CREATE TABLE log.head (
    size bigint PRIMARY KEY CHECK (size > 0),
    root bytea NOT NULL CHECK (length(root) = 32),
    edge bytea NOT NULL,
    booked_at_us bigint NOT NULL
);

CREATE TABLE log.checkpoint (
    size bigint PRIMARY KEY CHECK (size > 0),
    note text NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now()
);

-- Projections: columns and keys are those of server/core/schema.c

CREATE TABLE projection.bank (
    one integer NOT NULL,
    log_origin text COLLATE "C" NOT NULL,
    demo boolean NOT NULL,
    operator_id text COLLATE "C" NOT NULL,
    log_key bytea NOT NULL,
    PRIMARY KEY (one)
);

CREATE TABLE projection.institution (
    institution_id text COLLATE "C" NOT NULL,
    kind integer NOT NULL,
    name text COLLATE "C" NOT NULL,
    name_en text COLLATE "C" NOT NULL,
    region_code text COLLATE "C" NOT NULL,
    school_code text COLLATE "C" NOT NULL,
    uscc text COLLATE "C" NOT NULL,
    uscc_override boolean NOT NULL,
    registered_entry bigint NOT NULL,
    key_count integer NOT NULL,
    key_chain bytea NOT NULL,
    PRIMARY KEY (institution_id)
);

CREATE TABLE projection.signing_key (
    key_id bytea NOT NULL,
    institution_id text COLLATE "C" NOT NULL,
    spki bytea NOT NULL,
    duties integer NOT NULL,
    registered_entry bigint NOT NULL,
    revoked_entry bigint NOT NULL,
    PRIMARY KEY (key_id)
);

CREATE TABLE projection.certificate (
    certificate_id text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    family_id text COLLATE "C" NOT NULL,
    scheme_id text COLLATE "C" NOT NULL,
    grade integer NOT NULL,
    state_date integer NOT NULL,
    entry_index bigint NOT NULL,
    PRIMARY KEY (certificate_id)
);

CREATE TABLE projection.accreditation (
    issuer_id text COLLATE "C" NOT NULL,
    certificate_id text COLLATE "C" NOT NULL,
    from_date integer NOT NULL,
    to_date integer NOT NULL,
    entry_index bigint NOT NULL,
    PRIMARY KEY (issuer_id, certificate_id, from_date)
);

CREATE TABLE projection.recording_rule (
    course_kind integer NOT NULL,
    from_date integer NOT NULL,
    centihours_per_credit bigint NOT NULL,
    step_centicredits bigint NOT NULL,
    entry_index bigint NOT NULL,
    PRIMARY KEY (course_kind, from_date)
);

CREATE TABLE projection.calendar_day (
    year integer NOT NULL,
    date integer NOT NULL,
    kind integer NOT NULL,
    entry_index bigint NOT NULL,
    PRIMARY KEY (year, date)
);

CREATE TABLE projection.programme (
    school_id text COLLATE "C" NOT NULL,
    programme_id text COLLATE "C" NOT NULL,
    major_code text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    cohort integer NOT NULL,
    graduation_centicredits bigint NOT NULL,
    entry_index bigint NOT NULL,
    item_index integer NOT NULL,
    PRIMARY KEY (school_id, programme_id)
);

CREATE TABLE projection.course (
    school_id text COLLATE "C" NOT NULL,
    programme_id text COLLATE "C" NOT NULL,
    course_code text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    kind integer NOT NULL,
    centihours bigint NOT NULL,
    centicredits bigint NOT NULL,
    required boolean NOT NULL,
    excluded boolean NOT NULL,
    PRIMARY KEY (school_id, programme_id, course_code)
);

CREATE TABLE projection.rulebook (
    school_id text COLLATE "C" NOT NULL,
    rulebook_id text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    title text COLLATE "C" NOT NULL,
    programme_id text COLLATE "C" NOT NULL,
    from_date integer NOT NULL,
    to_date integer NOT NULL,
    exemption_word text COLLATE "C" NOT NULL,
    state integer NOT NULL,
    filed_entry bigint NOT NULL,
    filed_item integer NOT NULL,
    published_entry bigint NOT NULL,
    notice_days integer NOT NULL,
    acceptance_days integer NOT NULL,
    completion_days integer NOT NULL,
    appeal_days integer NOT NULL,
    PRIMARY KEY (school_id, rulebook_id, version)
);

CREATE TABLE projection.rulebook_head (
    school_id text COLLATE "C" NOT NULL,
    rulebook_id text COLLATE "C" NOT NULL,
    filed_version integer NOT NULL,
    published_version integer NOT NULL,
    PRIMARY KEY (school_id, rulebook_id)
);

CREATE TABLE projection.rule (
    school_id text COLLATE "C" NOT NULL,
    rulebook_id text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    rule_no integer NOT NULL,
    title text COLLATE "C" NOT NULL,
    attendance_waived boolean NOT NULL,
    exam_waived boolean NOT NULL,
    centicredits bigint NOT NULL,
    credits_of_outcome boolean NOT NULL,
    bucket_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (school_id, rulebook_id, version, rule_no)
);

CREATE TABLE projection.rule_clause (
    school_id text COLLATE "C" NOT NULL,
    rulebook_id text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    rule_no integer NOT NULL,
    clause_no integer NOT NULL,
    part_of integer NOT NULL,
    test integer NOT NULL,
    text text COLLATE "C" NOT NULL,
    number bigint NOT NULL,
    scheme integer NOT NULL,
    PRIMARY KEY (school_id, rulebook_id, version, rule_no, clause_no)
);

CREATE TABLE projection.rule_course (
    school_id text COLLATE "C" NOT NULL,
    rulebook_id text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    rule_no integer NOT NULL,
    course_code text COLLATE "C" NOT NULL,
    PRIMARY KEY (school_id, rulebook_id, version, rule_no, course_code)
);

CREATE TABLE projection.rule_band (
    school_id text COLLATE "C" NOT NULL,
    rulebook_id text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    rule_no integer NOT NULL,
    band_no integer NOT NULL,
    scheme integer NOT NULL,
    from_centiscore bigint NOT NULL,
    to_centiscore bigint NOT NULL,
    mark_scheme integer NOT NULL,
    mark_centiscore bigint NOT NULL,
    PRIMARY KEY (school_id, rulebook_id, version, rule_no, band_no)
);

CREATE TABLE projection.rulebook_cap (
    school_id text COLLATE "C" NOT NULL,
    rulebook_id text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    cap_no integer NOT NULL,
    basis_points integer NOT NULL,
    outcome_kind integer NOT NULL,
    bucket_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (school_id, rulebook_id, version, cap_no)
);

CREATE TABLE projection.account (
    account_no text COLLATE "C" NOT NULL,
    state integer NOT NULL,
    opened_by text COLLATE "C" NOT NULL,
    open_time_us bigint NOT NULL,
    opened_entry bigint NOT NULL,
    PRIMARY KEY (account_no)
);

CREATE TABLE projection.account_commitment (
    account_no text COLLATE "C" NOT NULL,
    field integer NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (account_no, field)
);

CREATE TABLE projection.enrolment (
    account_no text COLLATE "C" NOT NULL,
    school_id text COLLATE "C" NOT NULL,
    student_no text COLLATE "C" NOT NULL,
    enrolment_no integer NOT NULL,
    programme_id text COLLATE "C" NOT NULL,
    state integer NOT NULL,
    end_reason integer NOT NULL,
    begin_date integer NOT NULL,
    end_date integer NOT NULL,
    entry_index bigint NOT NULL,
    PRIMARY KEY (account_no, school_id, student_no, enrolment_no)
);

CREATE TABLE projection.student_number (
    school_id text COLLATE "C" NOT NULL,
    student_no text COLLATE "C" NOT NULL,
    account_no text COLLATE "C" NOT NULL,
    enrolment_no integer NOT NULL,
    PRIMARY KEY (school_id, student_no)
);

CREATE TABLE projection.outcome (
    institution_id text COLLATE "C" NOT NULL,
    outer_id text COLLATE "C" NOT NULL,
    account_no text COLLATE "C" NOT NULL,
    kind integer NOT NULL,
    state integer NOT NULL,
    course_kind integer NOT NULL,
    title text COLLATE "C" NOT NULL,
    programme_id text COLLATE "C" NOT NULL,
    course_code text COLLATE "C" NOT NULL,
    certificate_id text COLLATE "C" NOT NULL,
    grade integer NOT NULL,
    centihours bigint NOT NULL,
    centicredits bigint NOT NULL,
    credited_centihours bigint NOT NULL,
    scheme integer NOT NULL,
    centiscore bigint NOT NULL,
    outcome_date integer NOT NULL,
    expiry_date integer NOT NULL,
    version integer NOT NULL,
    change_reason integer NOT NULL,
    entry_index bigint NOT NULL,
    item_index integer NOT NULL,
    recorded_entry bigint NOT NULL,
    recorded_hash bytea NOT NULL,
    replaced_by text COLLATE "C" NOT NULL,
    replaced_entry bigint NOT NULL,
    hold_state integer NOT NULL,
    held_by text COLLATE "C" NOT NULL,
    PRIMARY KEY (institution_id, outer_id)
);

CREATE TABLE projection.outcome_version (
    institution_id text COLLATE "C" NOT NULL,
    outer_id text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    account_no text COLLATE "C" NOT NULL,
    state integer NOT NULL,
    change_reason integer NOT NULL,
    centicredits bigint NOT NULL,
    centiscore bigint NOT NULL,
    entry_index bigint NOT NULL,
    item_index integer NOT NULL,
    PRIMARY KEY (institution_id, outer_id, version)
);

CREATE TABLE projection.passed_course (
    account_no text COLLATE "C" NOT NULL,
    school_id text COLLATE "C" NOT NULL,
    programme_id text COLLATE "C" NOT NULL,
    course_code text COLLATE "C" NOT NULL,
    count integer NOT NULL,
    PRIMARY KEY (account_no, school_id, programme_id, course_code)
);

CREATE TABLE projection.hours_balance (
    account_no text COLLATE "C" NOT NULL,
    institution_id text COLLATE "C" NOT NULL,
    course_kind integer NOT NULL,
    remainder_centihours bigint NOT NULL,
    PRIMARY KEY (account_no, institution_id, course_kind)
);

CREATE TABLE projection.application (
    application_no text COLLATE "C" NOT NULL,
    account_no text COLLATE "C" NOT NULL,
    school_id text COLLATE "C" NOT NULL,
    programme_id text COLLATE "C" NOT NULL,
    rulebook_id text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    state integer NOT NULL,
    revision integer NOT NULL,
    submission_no integer NOT NULL,
    submit_date integer NOT NULL,
    review_key bytea NOT NULL,
    reject_key bytea NOT NULL,
    submit_entry bigint NOT NULL,
    entry_index bigint NOT NULL,
    was_appealed boolean NOT NULL,
    notice_no integer NOT NULL,
    due_date integer NOT NULL,
    PRIMARY KEY (application_no)
);

CREATE TABLE projection.application_line (
    application_no text COLLATE "C" NOT NULL,
    submission_no integer NOT NULL,
    line_no integer NOT NULL,
    rule_no integer NOT NULL,
    institution_id text COLLATE "C" NOT NULL,
    outer_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (application_no, submission_no, line_no)
);

CREATE TABLE projection.application_course (
    application_no text COLLATE "C" NOT NULL,
    submission_no integer NOT NULL,
    line_no integer NOT NULL,
    course_code text COLLATE "C" NOT NULL,
    PRIMARY KEY (application_no, submission_no, line_no, course_code)
);

CREATE TABLE projection.application_move (
    application_no text COLLATE "C" NOT NULL,
    revision integer NOT NULL,
    state integer NOT NULL,
    institution_id text COLLATE "C" NOT NULL,
    key_id bytea NOT NULL,
    verdict integer NOT NULL,
    reason integer NOT NULL,
    move_time_us bigint NOT NULL,
    entry_index bigint NOT NULL,
    item_index integer NOT NULL,
    PRIMARY KEY (application_no, revision)
);

CREATE TABLE projection.exemption (
    account_no text COLLATE "C" NOT NULL,
    school_id text COLLATE "C" NOT NULL,
    programme_id text COLLATE "C" NOT NULL,
    course_code text COLLATE "C" NOT NULL,
    state integer NOT NULL,
    application_no text COLLATE "C" NOT NULL,
    centicredits bigint NOT NULL,
    attendance_waived boolean NOT NULL,
    exam_waived boolean NOT NULL,
    mark_scheme integer NOT NULL,
    mark_centiscore bigint NOT NULL,
    outcome_kind integer NOT NULL,
    bucket_id text COLLATE "C" NOT NULL,
    exemption_word text COLLATE "C" NOT NULL,
    entry_index bigint NOT NULL,
    item_index integer NOT NULL,
    PRIMARY KEY (account_no, school_id, programme_id, course_code)
);
-- None holds the whole key of its table: a plan that is made while the table is small could take it for
-- finding a row by that key, and read all of it each time. The last few columns of an order are sorted instead.
CREATE INDEX outcome_account ON projection.outcome (account_no, outcome_date DESC);
CREATE INDEX application_account ON projection.application (account_no);
CREATE INDEX application_school ON projection.application (school_id, state, submit_entry);
CREATE INDEX application_due ON projection.application (state, due_date);
CREATE INDEX certificate_family ON projection.certificate (family_id);

-- Identity: one row a person; what is sealed says docs/formats.md

CREATE TABLE identity.person (
    account_no text COLLATE "C" PRIMARY KEY,
    index_hash bytea NOT NULL UNIQUE CHECK (length(index_hash) = 32),
    epoch integer NOT NULL,
    wrapped_key bytea NOT NULL,
    sealed bytea NOT NULL
);

-- Access

CREATE TABLE access.activation_code (
    account_no text COLLATE "C" PRIMARY KEY,
    code_hash bytea NOT NULL CHECK (length(code_hash) = 32),
    school_id text COLLATE "C" NOT NULL,
    expire_time_us bigint NOT NULL,
    used boolean NOT NULL DEFAULT false
);

CREATE TABLE access.password (
    account_no text COLLATE "C" PRIMARY KEY,
    encoded text NOT NULL,
    change_time_us bigint NOT NULL
);

CREATE TABLE access.session (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    session_id bytea NOT NULL UNIQUE CHECK (length(session_id) = 16),
    account_no text COLLATE "C" NOT NULL,
    create_time_us bigint NOT NULL,
    expire_time_us bigint NOT NULL,
    address text NOT NULL
);
CREATE INDEX session_account ON access.session (account_no, create_time_us DESC);

CREATE TABLE access.attempt (
    subject text COLLATE "C" NOT NULL,
    attempt_time_us bigint NOT NULL
);
CREATE INDEX attempt_subject ON access.attempt (subject);
CREATE INDEX attempt_time ON access.attempt (attempt_time_us);

CREATE TABLE access.resolving (
    institution_id text COLLATE "C" PRIMARY KEY,
    begin_time_us bigint NOT NULL,
    identities bigint NOT NULL,
    mismatches bigint NOT NULL
);

CREATE TABLE access.look (
    look_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_no text COLLATE "C" NOT NULL,
    institution_id text COLLATE "C" NOT NULL,
    method text NOT NULL,
    look_time_us bigint NOT NULL
);
CREATE INDEX look_account ON access.look (account_no, look_no DESC);

-- What the daemon may do

GRANT USAGE ON SCHEMA log, projection, identity, access TO creditbank_daemon;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA log TO creditbank_daemon;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA projection TO creditbank_daemon;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA identity TO creditbank_daemon;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA access TO creditbank_daemon;
