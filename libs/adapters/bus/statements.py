"""All SQL of the embedded bus. Each statement is one transaction by itself; those that add work ring the bell."""

PUBLISH = """
with sent as (
    insert into message (queue, type, body, attributes)
    select s.queue, m.type, m.body, m.attributes
    from unnest($1::text[], $2::text[], $3::text[]) as m (type, body, attributes)
    join subscription s using (type)
    returning queue
)
select pg_notify('bus', queue) from (select distinct queue from sent) as rung
"""

# A message that was received often enough and came back once more is dead, as on SQS.
RECEIVE = """
with buried as (
    update message m set dead_at = clock_timestamp(), receipt = null
    from queue q
    where q.name = $1 and m.queue = $1 and m.dead_at is null
        and m.visible_at <= clock_timestamp() and m.receive_count >= q.max_receives
), due as (
    select m.id, q.visibility_seconds
    from message m join queue q on q.name = m.queue
    where m.queue = $1 and m.dead_at is null
        and m.visible_at <= clock_timestamp() and m.receive_count < q.max_receives
    order by m.visible_at limit $2
    for update of m skip locked
)
update message m
set receive_count = m.receive_count + 1,
    receipt = gen_random_uuid(),
    visible_at = clock_timestamp() + make_interval(secs => due.visibility_seconds)
from due
where m.queue = $1 and m.id = due.id
returning m.id, m.receipt, m.type, m.body, m.receive_count, m.attributes
"""

NEXT_DUE = """
select (
    select extract(epoch from m.visible_at - clock_timestamp())::float8
    from message m where m.queue = q.name and m.dead_at is null order by m.visible_at limit 1
) as seconds
from queue q where q.name = $1
"""

DELETE = """
delete from message m
using unnest($2::text[], $3::text[]) as r (id, receipt)
where m.queue = $1 and m.id = r.id::uuid and m.receipt = r.receipt::uuid and m.dead_at is null
"""

CHANGE_VISIBILITY = """
with changed as (
    update message m set visible_at = clock_timestamp() + make_interval(secs => $4)
    from unnest($2::text[], $3::text[]) as r (id, receipt)
    where m.queue = $1 and m.id = r.id::uuid and m.receipt = r.receipt::uuid and m.dead_at is null
    returning m.queue
)
select pg_notify('bus', queue) from (select distinct queue from changed) as rung
"""

ENSURE_QUEUE = """
insert into queue (name, visibility_seconds, retention_seconds, max_receives) values ($1, $2, $3, $4)
on conflict (name) do update
set visibility_seconds = excluded.visibility_seconds,
    retention_seconds = excluded.retention_seconds,
    max_receives = excluded.max_receives
"""
SUBSCRIBE = """
insert into subscription (queue, type) select $1, unnest($2::text[]) on conflict do nothing
"""
UNSUBSCRIBE_OTHERS = "delete from subscription where queue = $1 and type <> all ($2::text[])"

QUEUES = "select name from queue order by name"
QUEUE_EXISTS = "select exists (select from queue where name = $1)"

DEPTH = """
select
    count(m.id) filter (where not exhausted and m.visible_at <= clock_timestamp()) as waiting,
    count(m.id) filter (where m.dead_at is null and m.visible_at > clock_timestamp()) as in_flight,
    count(m.id) filter (where exhausted) as dead
from queue q
left join message m on m.queue = q.name
left join lateral (
    select m.dead_at is not null
        or (m.receive_count >= q.max_receives and m.visible_at <= clock_timestamp()) as exhausted
) as state on true
where q.name = $1
group by q.name
"""

BURY = """
update message m set dead_at = clock_timestamp(), receipt = null
from queue q
where q.name = $1 and m.queue = $1 and m.dead_at is null
    and m.visible_at <= clock_timestamp() and m.receive_count >= q.max_receives
"""
DEAD_LETTERS = """
select id, type, body, receive_count, sent_at, attributes
from message where queue = $1 and dead_at is not null order by dead_at, id limit $2
"""
DEAD_LETTER = """
select id, type, body, receive_count, sent_at, attributes
from message where queue = $1 and id::text = $2 and dead_at is not null
"""
REDRIVE = """
with redriven as (
    update message m
    set dead_at = null, receive_count = 0, receipt = null,
        sent_at = clock_timestamp(), visible_at = clock_timestamp()
    where m.queue = $1 and m.dead_at is not null and ($2::text[] is null or m.id::text = any ($2::text[]))
    returning m.queue
), rung as (
    select pg_notify('bus', queue) from (select distinct queue from redriven) as once
)
select (select count(*) from redriven) + 0 * (select count(*) from rung)
"""

CLEAN = """
delete from message m using queue q
where q.name = $1 and m.queue = $1
    and coalesce(m.dead_at, m.sent_at) < clock_timestamp() - make_interval(secs => q.retention_seconds)
"""
