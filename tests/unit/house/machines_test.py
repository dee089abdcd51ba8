"""The machines themselves, shown what they must refuse and what they must let pass."""
import unittest

import dependencies
import friends
import hardening
import includes
import sizes
import sources
import symbols
import tidiness


class Includes(unittest.TestCase):
    def refused(self, path, header):
        return bool(includes.complaints_of(path, f'#pragma once\n\n#include "{header}"\n'))

    def test_a_room_reaches_down_never_up_nor_sideways(self):
        for path, header, refused in [
                ("authz/view/view.h", "storage/engine.h", False),
                ("storage/engine.cc", "authz/view/view.h", True),
                ("catalog/asset.cc", "lineage/walk.h", True),
                ("catalog/asset.cc", "storage/engine.h", True),
                ("catalog/asset.cc", "catalog/aspect.h", False),
                ("server/front.cc", "storage/engine.h", True),
                ("server/main.cc", "storage/engine.h", False),
                ("cli/main.cc", "authz/proof/verify.h", False),
                ("cli/main.cc", "authz/view/view.h", True),
                ("authz/proof/verify.cc", "storage/engine.h", True),
                ("base/log.cc", "base/clock.h", False),
                ("ingestors/openlineage/map.cc", "authz/view/view.h", True),
                ("client/settings.cc", "cli/session.h", True),
                ("ingestors/postgres/connection.cc", "ingestors/runner/source.h", False),
                ("ingestors/runner/run.cc", "ingestors/postgres/postgres.h", True),
                ("ingestors/runner/main.cc", "ingestors/postgres/postgres.h", False),
                ("ingestors/runner/run.cc", "libpq-fe.h", True)]:
            self.assertEqual(self.refused(path, header), refused, f"{path} {header}")

    def test_a_floor_reaches_down_within_its_room(self):
        for path, header, refused in [
                ("authz/write/write_session.cc", "authz/view/view.h", False),
                ("authz/write/write_session.cc", "authz/write/permit.h", False),
                ("authz/view/view.cc", "authz/write/write_session.h", True),
                ("authz/identity/viewer.h", "authz/policy/privilege.h", True),
                ("authz/audit/audit_leaf.cc", "authz/proof/merkle.h", False),
                ("catalog/page.cc", "authz/front/front.h", False),
                ("authz/stray.cc", "authz/view/view.h", True)]:
            self.assertEqual(self.refused(path, header), refused, f"{path} {header}")

    def test_messages_have_their_readers(self):
        for path, header, refused in [
                ("storage/log.cc", "cadastre/record/log.pb.h", False),
                ("storage/log.cc", "cadastre/catalog/v1/aspects.pb.h", False),
                ("storage/log.cc", "cadastre/catalog/v1/catalog.pb.h", True),
                ("ingestors/openlineage/map.cc", "cadastre/record/log.pb.h", True),
                ("search/find.cc", "cadastre/search/v1/search.grpc.pb.h", True),
                ("server/find.cc", "cadastre/ingest/v1/ingest.grpc.pb.h", True),
                ("cli/find.cc", "cadastre/ingest/v1/ingest.grpc.pb.h", False)]:
            self.assertEqual(self.refused(path, header), refused, f"{path} {header}")

    def test_third_party_headers_have_one_owner(self):
        for path, header, refused in [
                ("storage/rocks.cc", "rocksdb/db.h", False),
                ("authz/front/front.cc", "rocksdb/db.h", True),
                ("server/main.cc", "rocksdb/db.h", True),
                ("search/index.cc", "xapian.h", False),
                ("catalog/index.cc", "xapian.h", True),
                ("base/lock.h", "absl/synchronization/mutex.h", True),
                ("base/lock.h", "nobody/knows.h", True),
                ("base/lock.h", "unistd.h", False)]:
            self.assertEqual(self.refused(path, header), refused, f"{path} {header}")
        self.assertEqual(includes.complaints_of("base/lock.h", "#include <vector>\n"), [])

    def test_records_do_not_know_the_wire(self):
        def refused(path, imported):
            return bool(includes.proto_complaints_of(path, f'import "{imported}";\n'))
        self.assertTrue(refused("proto/cadastre/record/log.proto", "cadastre/catalog/v1/catalog.proto"))
        self.assertFalse(refused("proto/cadastre/record/log.proto", "cadastre/catalog/v1/aspects.proto"))
        self.assertTrue(refused("proto/cadastre/search/v1/search.proto", "cadastre/record/log.proto"))
        self.assertTrue(refused("proto/cadastre/catalog/v1/aspects.proto", "cadastre/catalog/v1/catalog.proto"))


class Symbols(unittest.TestCase):
    def test_an_engine_shows_only_in_its_room(self):
        self.assertTrue(symbols.complaints_of("authz", ["_ZN7rocksdb2DB4OpenEv"]))
        self.assertTrue(symbols.complaints_of("storage", ["_ZN6Xapian5QueryC1Ev"]))
        self.assertEqual(symbols.complaints_of("storage", ["_ZN7rocksdb2DB4OpenEv"]), [])


class Sizes(unittest.TestCase):
    def test_a_long_function_is_found_wherever_it_stands(self):
        for before, after in [("void F() {", "}"), ("class A {\n  int F(int a) const {", "  }\n};"),
                              ("namespace {\nA::A(int a) : a_(a), b_{a} {", "}\n}"), ("TEST(A, B) {", "}")]:
            text = before + "\n  x();" * 80 + "\n" + after + "\n"
            self.assertTrue(sizes.complaints_of("base/a.cc", text), before)

    def test_a_long_table_or_class_is_no_function(self):
        for before, after in [("const Row kRows[] = {", "};"), ("class A {\n public:", "};"), ("namespace a {", "}")]:
            text = before + "\n  int x;" * 80 + "\n" + after + "\n"
            self.assertEqual(sizes.complaints_of("base/a.cc", text), [], before)

    def test_files_have_limits_by_kind(self):
        self.assertTrue(sizes.complaints_of("base/a.h", "\n" * 301))
        self.assertEqual(sizes.complaints_of("base/a.h", "\n" * 300), [])
        self.assertTrue(sizes.complaints_of("base/a.cc", "\n" * 501))
        self.assertEqual(sizes.complaints_of("tests/unit/base/a_test.cc", "\n" * 800), [])
        self.assertTrue(sizes.complaints_of("frontend/src/A.tsx", "\n" * 251))

    def test_parameters_are_counted_not_template_arguments(self):
        self.assertTrue(sizes.complaints_of("base/a.cc", "void F(int a, int b, int c, int d, int e, int f, int g) {}\n"))
        self.assertEqual(sizes.complaints_of("base/a.cc", "void F(M<A, B, C, D> a, M<E, F, G, H> b) {}\n"), [])

    def test_public_methods_are_counted(self):
        methods = "".join(f"  void M{i}(int a) const;\n" for i in range(21))
        self.assertTrue(sizes.complaints_of("base/a.h", f"class A {{\n public:\n{methods}}};\n"))
        self.assertEqual(sizes.complaints_of("base/a.h", f"class A {{\n private:\n{methods}}};\n"), [])


class Tidiness(unittest.TestCase):
    def test_what_no_file_may_carry(self):
        for text in ["// TO" "DO: later\n", "a\tb\n", "a \n", "no end", "open(\"/ho" "me/kim/x\")\n", "https://registry.np" "mjs.org/a\n"]:
            self.assertTrue(tidiness.complaints_of("base/a.cc", text), text)
        self.assertEqual(tidiness.complaints_of("base/a.cc", "int a = 1;  // fine\n"), [])

    def test_guarded_words_have_their_files(self):
        self.assertTrue(tidiness.complaints_of("search/a.cc", "Xapian::BM25Weight w;\n"))
        self.assertEqual(tidiness.complaints_of("search/a.cc", "// not BM25Weight\n"), [])
        self.assertTrue(tidiness.complaints_of("catalog/a.cc", "session.PermitOwn();\n"))
        self.assertTrue(tidiness.complaints_of("catalog/a.cc", "SystemView view;\n"))
        self.assertEqual(tidiness.complaints_of("authz/a.cc", "SystemView view;\n"), [])
        self.assertTrue(tidiness.complaints_of("tests/unit/a_test.cc", "std::string path = testing::TempDir();\n"))
        self.assertTrue(tidiness.complaints_of("server/services/a.cc", "context_.front->Read<Answer>(call);\n"))
        self.assertEqual(tidiness.complaints_of("server/rpc/read.h", "context.front->template Read<Answer>(call);\n"), [])


class Friends(unittest.TestCase):
    def test_a_second_definition_is_found(self):
        home = {"storage/read_pass.h": "class ReadPass { friend class GovernedView; };"}
        self.assertEqual(friends.complaints_of(home), [])
        self.assertTrue(friends.complaints_of(home | {"authz/view/view.h": "class GovernedView {};", "catalog/x.cc": "class GovernedView {};"}))
        self.assertTrue(friends.complaints_of(home | {"catalog/x.cc": "struct GovernedView final : Base {};",
                                                      "authz/view/view.h": "class GovernedView {};"}))
        self.assertEqual(friends.complaints_of(home | {"authz/view/view.h": "class GovernedView {};", "a/b.h": "class GovernedView;"}), [])

    def test_the_pass_is_at_home(self):
        self.assertTrue(friends.complaints_of({"authz/view/forged.h": "class ReadPass {};"}))


class Sources(unittest.TestCase):
    def test_comments_and_literals_hide_nothing_else(self):
        self.assertEqual(sources.without_comments("a /* { */ b // {\nc"), "a   b  \nc")
        self.assertEqual(sources.without_comments("f(1'000, '{')"), "f(1'000, '')")
        self.assertEqual(sources.without_comments('R"({")" "}" x'), '  "" x')



class Dependencies(unittest.TestCase):
    def test_a_library_is_included_by_the_room_that_links_it(self):
        def linked(library, headers):
            return bool(dependencies.link_complaints("search/CMakeLists.txt", f"cadastre_room(search THIRD_PARTY third::{library})",
                                                     lambda folder: set(headers)))
        self.assertFalse(linked("xapian", ["xapian.h"]))
        self.assertTrue(linked("xapian", ["rocksdb/db.h"]))
        self.assertTrue(linked("nobody_knows", ["xapian.h"]))
        self.assertFalse(linked("jemalloc", []))

    def test_a_package_and_a_library_are_for_something(self):
        self.assertEqual(dependencies.package_complaints(["libxapian-dev", "git"], {"xapian"}), [])
        self.assertTrue(dependencies.package_complaints(["libxapian-dev"], {"rocksdb"}))
        self.assertTrue(dependencies.package_complaints(["libroaring-dev"], {"xapian"}))
        self.assertTrue(dependencies.known_complaints({"xapian", "roaring"}, {"xapian"}))



class Hardening(unittest.TestCase):
    def test_each_sign_is_missed(self):
        whole = "\n".join(sign for sign, _ in hardening.SIGNS).replace("_chk@", "__memcpy_chk@GLIBC")
        self.assertEqual(hardening.complaints_of(whole), [])
        for sign, meaning in hardening.SIGNS:
            self.assertEqual(hardening.complaints_of(whole.replace("__memcpy_chk@" if sign == "_chk@" else sign, "")), [meaning])


if __name__ == "__main__":
    unittest.main()
