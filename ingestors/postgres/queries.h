// Every text that is sent to a PostgreSQL server. The catalogs are read set by set: $1 is a list of oids.
//
// Columns are read by their place: a query and what reads it (relation_reader.cc, postgres_source.cc) change together.
#pragma once

namespace cadastre::ingest_postgres {

// Texts that people write are bounded here, so that no answer is larger than a page should be. A role of the name
// PUBLIC is told in quotes, since it is not everybody.

// oid, name, owner, comment, whether it takes connections, whether we may connect, encoding.
inline constexpr char kDatabases[] = R"(
  SELECT d.oid, d.datname, pg_get_userbyid(d.datdba), left(shobj_description(d.oid, 'pg_database'), 65536),
         d.datallowconn, has_database_privilege(d.oid, 'CONNECT'), pg_encoding_to_char(d.encoding)
    FROM pg_database d
   WHERE NOT d.datistemplate
   ORDER BY d.datname)";

// database's oid, who, what.
inline constexpr char kDatabaseGrants[] = R"(
  SELECT d.oid, CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE COALESCE(NULLIF(pg_get_userbyid(g.grantee), 'PUBLIC'), '"PUBLIC"') END,
         string_agg(DISTINCT g.privilege_type || CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', ')
    FROM pg_database d, LATERAL aclexplode(COALESCE(d.datacl, acldefault('d', d.datdba))) g
   WHERE d.oid = ANY($1::oid[]) AND g.grantee <> d.datdba
   GROUP BY d.oid, g.grantee
   ORDER BY 1, 2)";

// role, its members.
inline constexpr char kMembers[] = R"(
  SELECT r.rolname, left(string_agg(DISTINCT m.rolname::text, ', '), 4096)
    FROM pg_auth_members a JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
   GROUP BY r.rolname
   ORDER BY r.rolname)";

// Names that begin with pg_ are the server's own, those of temporary tables among them. A schema that an extension made
// is told where people put something of theirs in it. oid, name, owner, comment.
inline constexpr char kSchemas[] = R"(
  SELECT n.oid, n.nspname, pg_get_userbyid(n.nspowner), left(obj_description(n.oid, 'pg_namespace'), 65536)
    FROM pg_namespace n
   WHERE left(n.nspname, 3) <> 'pg_' AND n.nspname <> 'information_schema'
     AND (NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_namespace'::regclass AND e.objid = n.oid
                                                AND e.deptype = 'e')
          OR EXISTS (SELECT FROM pg_class c
                      WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
                        AND NOT EXISTS (SELECT FROM pg_depend e
                                         WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.objsubid = 0
                                           AND e.deptype = 'e')))
   ORDER BY n.nspname)";

// schema's oid, who, what.
inline constexpr char kSchemaGrants[] = R"(
  SELECT n.oid, CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE COALESCE(NULLIF(pg_get_userbyid(g.grantee), 'PUBLIC'), '"PUBLIC"') END,
         string_agg(DISTINCT g.privilege_type || CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', ')
    FROM pg_namespace n, LATERAL aclexplode(n.nspacl) g
   WHERE n.oid = ANY($1::oid[]) AND g.grantee <> n.nspowner
   GROUP BY n.oid, g.grantee
   ORDER BY 1, 2)";

// Partitions are told by what they are part of. Nothing is asked here that may fail for one of them: a failed cursor is
// all relations of a database. 0 oid, 1 schema, 2 name, 3 kind.
inline constexpr char kRelations[] = R"(
  DECLARE relations NO SCROLL CURSOR FOR
  SELECT c.oid, n.nspname, c.relname, c.relkind
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
     AND left(n.nspname, 3) <> 'pg_' AND n.nspname <> 'information_schema'
     AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid
                                               AND e.objsubid = 0 AND e.deptype = 'e')
   ORDER BY n.nspname, c.relname)";
inline constexpr char kFetchRelations[] = "FETCH 200 FROM relations";

// 0 relation, 1 owner, 2 comment, 3 estimated rows, 4 pages, 5 row security, 6 forced, 7 persistence, 8 partition key,
// 9 parents by inheritance, 10 foreign server, 11 last analysed (µs), 12 populated.
inline constexpr char kDetails[] = R"(
  SELECT c.oid, pg_get_userbyid(c.relowner), left(obj_description(c.oid, 'pg_class'), 65536), c.reltuples::bigint,
         c.relpages, c.relrowsecurity, c.relforcerowsecurity, c.relpersistence, left(pg_get_partkeydef(c.oid), 4096),
         (SELECT left(string_agg(format('%I.%I', pn.nspname, pc.relname), ', ' ORDER BY i.inhseqno), 4096)
            FROM pg_inherits i JOIN pg_class pc ON pc.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = pc.relnamespace
           WHERE i.inhrelid = c.oid),
         (SELECT s.srvname FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid = f.ftserver WHERE f.ftrelid = c.oid),
         (extract(epoch FROM greatest(pg_stat_get_last_analyze_time(c.oid), pg_stat_get_last_autoanalyze_time(c.oid)))
          * 1000000)::bigint,
         c.relispopulated
    FROM pg_class c
   WHERE c.oid = ANY($1::oid[])
   ORDER BY c.oid)";

// Of all comments of a relation's columns, those of the first 2 MiB. 0 relation, 1 number, 2 name, 3 type, 4 not null,
// 5 comment, 6 identity, 7 what it is generated from.
inline constexpr char kColumns[] = R"(
  SELECT a.attrelid, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
         CASE WHEN sum(octet_length(left(d.description, 16384))) OVER (PARTITION BY a.attrelid ORDER BY a.attnum) <= 2097152
              THEN left(d.description, 16384) END, a.attidentity,
         CASE WHEN a.attgenerated <> '' THEN left(pg_get_expr(v.adbin, v.adrelid), 4096) END
    FROM pg_attribute a
    LEFT JOIN pg_description d ON d.objoid = a.attrelid AND d.classoid = 'pg_class'::regclass AND d.objsubid = a.attnum
    LEFT JOIN pg_attrdef v ON v.adrelid = a.attrelid AND v.adnum = a.attnum AND a.attgenerated <> ''
   WHERE a.attrelid = ANY($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
   ORDER BY a.attrelid, a.attnum)";

// More of one relation than are told are counted and not spelled out. 0 relation, 1 name, 2 kind, 3 definition, 4
// numbers of its columns as `{1,2}`.
inline constexpr char kConstraints[] = R"(
  SELECT c.conrelid, c.conname, c.contype,
         CASE WHEN c.place <= 500 THEN left(pg_get_constraintdef(c.oid, true), 4096) ELSE '...' END, c.conkey
    FROM (SELECT k.oid, k.conrelid, k.conname, k.contype, k.conkey,
                 row_number() OVER (PARTITION BY k.conrelid ORDER BY k.contype <> 'p', k.conname) AS place
            FROM pg_constraint k
           WHERE k.conrelid = ANY($1::oid[]) AND k.contype IN ('p', 'u', 'f', 'c', 'x')) c
   ORDER BY c.conrelid, c.place)";

// Those that no constraint made; as kConstraints. 0 relation, 1 name, 2 definition, 3 valid.
inline constexpr char kIndexes[] = R"(
  SELECT i.indrelid, i.relname, CASE WHEN i.place <= 500 THEN left(pg_get_indexdef(i.indexrelid), 4096) ELSE '...' END,
         i.indisvalid
    FROM (SELECT x.indrelid, x.indexrelid, c.relname, x.indisvalid,
                 row_number() OVER (PARTITION BY x.indrelid ORDER BY c.relname) AS place
            FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid
           WHERE x.indrelid = ANY($1::oid[])
             AND NOT EXISTS (SELECT FROM pg_constraint k
                              WHERE k.conindid = x.indexrelid AND k.contype IN ('p', 'u', 'x'))) i
   ORDER BY i.indrelid, i.place)";

// Not their expressions, which are code. 0 relation, 1 name, 2 command, 3 permissive, 4 roles.
inline constexpr char kPolicies[] = R"(
  SELECT p.polrelid, p.polname, p.polcmd, p.polpermissive,
         (SELECT string_agg(r.name, ', ' ORDER BY r.name)
            FROM (SELECT CASE WHEN u = 0 THEN 'PUBLIC' ELSE COALESCE(NULLIF(pg_get_userbyid(u), 'PUBLIC'), '"PUBLIC"') END AS name
                    FROM unnest(p.polroles) u) r)
    FROM pg_policy p
   WHERE p.polrelid = ANY($1::oid[])
   ORDER BY p.polrelid, p.polname)";

// 0 relation, 1 who, 2 what.
inline constexpr char kGrants[] = R"(
  SELECT c.oid, CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE COALESCE(NULLIF(pg_get_userbyid(g.grantee), 'PUBLIC'), '"PUBLIC"') END,
         string_agg(DISTINCT g.privilege_type || CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', ')
    FROM pg_class c, LATERAL aclexplode(c.relacl) g
   WHERE c.oid = ANY($1::oid[]) AND g.grantee <> c.relowner
   GROUP BY c.oid, g.grantee
   ORDER BY 1, 2)";

// 0 relation, 1 who, 2 what on which columns.
inline constexpr char kColumnGrants[] = R"(
  SELECT p.attrelid, p.who, left(string_agg(format('%s (%s)', p.what, p.names), ', ' ORDER BY p.what), 4096)
    FROM (SELECT a.attrelid, g.privilege_type || CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS what,
                 CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE COALESCE(NULLIF(pg_get_userbyid(g.grantee), 'PUBLIC'), '"PUBLIC"') END AS who,
                 string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS names
            FROM pg_attribute a, LATERAL aclexplode(a.attacl) g
           WHERE a.attrelid = ANY($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped AND a.attacl IS NOT NULL
           GROUP BY 1, 2, 3) p
   GROUP BY p.attrelid, p.who
   ORDER BY 1, 2)";

// What lies below partitioned tables, wholly. 0 table, 1 partitions, 2 of them partitioned themselves, 3 rows, 4
// whether all were analysed, 5 pages, 6 last analysed (µs).
inline constexpr char kPartitions[] = R"(
  WITH RECURSIVE tree(root, part) AS (
    SELECT p, p FROM unnest($1::oid[]) p
    UNION ALL
    SELECT t.root, i.inhrelid FROM tree t JOIN pg_inherits i ON i.inhparent = t.part)
  SELECT t.root, count(*) FILTER (WHERE c.relkind <> 'p'), count(*) FILTER (WHERE c.relkind = 'p') - 1,
         sum(c.reltuples) FILTER (WHERE c.relkind <> 'p')::bigint,
         bool_and(c.reltuples >= 0) FILTER (WHERE c.relkind <> 'p'),
         sum(c.relpages) FILTER (WHERE c.relkind <> 'p'),
         (extract(epoch FROM max(greatest(pg_stat_get_last_analyze_time(c.oid),
                                          pg_stat_get_last_autoanalyze_time(c.oid)))) * 1000000)::bigint
    FROM tree t JOIN pg_class c ON c.oid = t.part
   GROUP BY t.root
   ORDER BY t.root)";

// 0 view, 1 its SQL where it is not larger than 1 MiB, 2 its rule as a tree where that is not larger than 4 MiB.
inline constexpr char kDefinitions[] = R"(
  SELECT v.oid, CASE WHEN octet_length(v.sql) <= 1048576 THEN v.sql END,
         (SELECT CASE WHEN octet_length(r.ev_action::text) <= 4194304 THEN r.ev_action::text END
            FROM pg_rewrite r WHERE r.ev_class = v.oid AND r.rulename = '_RETURN'),
         v.sql IS NULL
    FROM (SELECT c.oid, pg_get_viewdef(c.oid, true) AS sql FROM pg_class c
           WHERE c.oid = ANY($1::oid[]) AND c.relkind IN ('v', 'm')) v
   ORDER BY v.oid)";

// What views are made from; a partition is told by its root. 0 view, 1 relation, 2 its root's schema, 3 its root's
// name.
inline constexpr char kInputs[] = R"(
  SELECT d.view, d.input, n.nspname, c.relname
    FROM (SELECT DISTINCT r.ev_class AS view, p.refobjid AS input
            FROM pg_rewrite r
            JOIN pg_depend p ON p.classid = 'pg_rewrite'::regclass AND p.objid = r.oid
                            AND p.refclassid = 'pg_class'::regclass AND p.refobjid <> r.ev_class
           WHERE r.ev_class = ANY($1::oid[]) AND r.rulename = '_RETURN') d
    JOIN pg_class c ON c.oid = COALESCE(pg_partition_root(d.input), d.input)
    JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND left(n.nspname, 3) <> 'pg_' AND n.nspname <> 'information_schema'
   ORDER BY d.view, n.nspname, c.relname, d.input)";

// 0 relation, 1 number, 2 name.
inline constexpr char kColumnNames[] = R"(
  SELECT a.attrelid, a.attnum, a.attname FROM pg_attribute a
   WHERE a.attrelid = ANY($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped)";

// What foreign tables of postgres_fdw, and partitions that are such, stand for. Of a server's options no others are
// asked for, and of users' none: they hold passwords. 0 relation, 1 the foreign table, 2 host, 3 address, 4 port, 5
// database, 6 service, 7 remote schema, 8 remote table, 9 remote column, 10 column.
inline constexpr char kRemotes[] = R"(
  WITH RECURSIVE tree(root, part) AS (
    SELECT p, p FROM unnest($1::oid[]) p
    UNION ALL
    SELECT t.root, i.inhrelid FROM tree t JOIN pg_inherits i ON i.inhparent = t.part
      JOIN pg_class c ON c.oid = i.inhrelid AND c.relispartition)
  SELECT t.root, f.ftrelid, s.host, s.hostaddr, s.port, s.dbname, s.service, COALESCE(o.schema_name, n.nspname),
         COALESCE(o.table_name, c.relname), COALESCE(k.column_name, a.attname), a.attname
    FROM tree t
    JOIN pg_foreign_table f ON f.ftrelid = t.part
    JOIN pg_class c ON c.oid = f.ftrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_foreign_server v ON v.oid = f.ftserver
    JOIN pg_foreign_data_wrapper w ON w.oid = v.srvfdw
    JOIN pg_proc h ON h.oid = w.fdwhandler AND h.proname = 'postgres_fdw_handler'
    CROSS JOIN LATERAL (SELECT max(option_value) FILTER (WHERE option_name = 'host') AS host,
                    max(option_value) FILTER (WHERE option_name = 'hostaddr') AS hostaddr,
                    max(option_value) FILTER (WHERE option_name = 'port') AS port,
                    max(option_value) FILTER (WHERE option_name = 'dbname') AS dbname,
                    max(option_value) FILTER (WHERE option_name = 'service') AS service
               FROM pg_options_to_table(v.srvoptions)) s
    CROSS JOIN LATERAL (SELECT max(option_value) FILTER (WHERE option_name = 'schema_name') AS schema_name,
                    max(option_value) FILTER (WHERE option_name = 'table_name') AS table_name
               FROM pg_options_to_table(f.ftoptions)) o
    LEFT JOIN pg_attribute a ON a.attrelid = f.ftrelid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN LATERAL (SELECT option_value AS column_name FROM pg_options_to_table(a.attfdwoptions)
                        WHERE option_name = 'column_name') k ON true
   ORDER BY t.root, f.ftrelid, a.attnum)";

// What the server estimates of columns, where it has looked and the crawler's role may read the column. Names are asked
// for beside oids, or each page would go through the statistics of the whole database. 0 relation, 1 column, 2 part of
// its values that are null, 3 distinct values, or minus their part of all rows.
inline constexpr char kProfiles[] = R"(
  SELECT c.oid, s.attname, s.null_frac, s.n_distinct
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.inherited = (c.relkind = 'p')
   WHERE c.oid = ANY($1::oid[])
     AND s.tablename = ANY(ARRAY(SELECT relname FROM pg_class WHERE oid = ANY($1::oid[])))
     AND s.schemaname = ANY(ARRAY(SELECT m.nspname FROM pg_class r JOIN pg_namespace m ON m.oid = r.relnamespace
                                   WHERE r.oid = ANY($1::oid[]))))";

// Values of the data: asked for only where the recipe says so. Of columns of numbers. 0 relation, 1 column, 2 its most
// common values and 3 the bounds of its histogram as `{1,2}`, or `-` where they are too large.
inline constexpr char kSamples[] = R"(
  SELECT c.oid, s.attname,
         CASE WHEN octet_length(s.most_common_vals::text) <= 262144 THEN s.most_common_vals::text
              WHEN s.most_common_vals IS NOT NULL THEN '-' END,
         CASE WHEN octet_length(s.histogram_bounds::text) <= 262144 THEN s.histogram_bounds::text
              WHEN s.histogram_bounds IS NOT NULL THEN '-' END
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.inherited = (c.relkind = 'p')
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = s.attname
                       AND a.atttypid = ANY('{int2,int4,int8,float4,float8,numeric}'::regtype[])
   WHERE c.oid = ANY($1::oid[])
     AND s.tablename = ANY(ARRAY(SELECT relname FROM pg_class WHERE oid = ANY($1::oid[])))
     AND s.schemaname = ANY(ARRAY(SELECT m.nspname FROM pg_class r JOIN pg_namespace m ON m.oid = r.relnamespace
                                   WHERE r.oid = ANY($1::oid[]))))";

// The catalogs that a crawl reads and we may not. 0 name.
inline constexpr char kUnreadable[] = R"(
  SELECT t FROM unnest(ARRAY['pg_attrdef', 'pg_attribute', 'pg_auth_members', 'pg_class', 'pg_constraint',
                             'pg_database', 'pg_depend', 'pg_description', 'pg_foreign_data_wrapper',
                             'pg_foreign_server', 'pg_foreign_table', 'pg_index', 'pg_inherits', 'pg_namespace',
                             'pg_policy', 'pg_proc', 'pg_rewrite', 'pg_roles', 'pg_shdescription']) t
   WHERE NOT has_table_privilege('pg_catalog.' || t, 'SELECT') AND NOT has_any_column_privilege('pg_catalog.' || t, 'SELECT')
   ORDER BY t)";

// 0 user, 1 superuser, 2 in recovery, 3 block size, 4 encrypted.
inline constexpr char kSelf[] = R"(
  SELECT current_user, current_setting('is_superuser') = 'on', pg_is_in_recovery(), current_setting('block_size')::bigint,
         COALESCE((SELECT s.ssl FROM pg_stat_ssl s WHERE s.pid = pg_backend_pid()), false))";

}  // namespace cadastre::ingest_postgres
