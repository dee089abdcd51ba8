// A governed house in which tests state aspects and read pages back.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catalog/page.h"
#include "catalog/upsert.h"
#include "tests/support/governed_world.h"

namespace cadastre::catalog {

inline AssetName Table(const std::string& name) { return {AssetKind::kDataset, "postgres://db:5432", name}; }
inline const AssetName kOrders = Table("shop.orders");

inline v1::Aspect Doc(const std::string& text) {
  v1::Aspect aspect;
  aspect.mutable_documentation()->set_text(text);
  return aspect;
}

inline v1::Aspect Columns(const std::vector<std::string>& names) {
  v1::Aspect aspect;
  aspect.mutable_schema();
  for (const std::string& name : names) {
    v1::SchemaField* field = aspect.mutable_schema()->add_fields();
    field->set_name(name);
    field->set_type("text");
  }
  return aspect;
}

inline v1::Aspect Classes(const std::vector<std::string>& names) {
  v1::Aspect aspect;
  aspect.mutable_classifications();
  for (const std::string& name : names) aspect.mutable_classifications()->add_classifications()->set_name(name);
  return aspect;
}

inline v1::Aspect Tagged(const std::vector<std::string>& keys, bool denied = false) {
  v1::Aspect aspect;
  for (const std::string& key : keys) {
    v1::Tags::Tag* tag = aspect.mutable_tags()->add_tags();
    tag->set_key(key);
    tag->set_denied(denied);
  }
  return aspect;
}

class CatalogWorld : public testing_support::GovernedWorld {
 public:
  struct Word {
    AssetName asset;
    v1::Aspect aspect;
    std::optional<int64_t> held = {};
    std::vector<std::string> column = {};
    std::string tool = "crawler";
    Rank rank = Rank::kCrawl;
    bool withdraw = false;
    std::string etag = {};
    AspectWrite::Change change = AspectWrite::Change::kSet;
    bool absent = false;
  };

  // Inside a session of whoever opened it, by the `push` door.
  static Status SayIn(authz::WriteSession& session, const Word& word) {
    ASSIGN_OR_RETURN(const Producer producer, InternProducer(session, word.tool, word.rank));
    Upserter upserter(&session, producer);
    AspectWrite write;
    write.aspect = word.aspect;
    write.column_path = word.column;
    if (word.held) write.held = Timestamp(*word.held);
    write.withdraw = word.withdraw;
    write.etag = word.etag;
    write.change = word.change;
    write.absent = word.absent;
    ASSIGN_OR_RETURN(auto permit, session.PermitPush(word.asset));
    RETURN_IF_ERROR(upserter.Upsert(std::move(permit), std::move(write)).status());
    return upserter.Finish();
  }

  StatusOr<Revision> SayAs(const std::string& bearer, const Word& word) {
    return Write(WriteCall(bearer), [&](authz::WriteSession& session) { return SayIn(session, word); });
  }
  // As the administrator.
  StatusOr<Revision> Say(const Word& word) { return SayAs(admin(), word); }
  void MustSay(const Word& word) {
    const StatusOr<Revision> said = Say(word);
    EXPECT_TRUE(said.ok()) << said.status();
  }

  // nullopt: not found.
  std::optional<AssetPage> PageOf(const AssetName& name, const std::string& bearer,
                                  testing_support::ReadOptions options = {}) {
    std::optional<AssetPage> page;
    const Status status = Look(
        bearer,
        [&](authz::GovernedView& view) -> Status {
          StatusOr<authz::Visible<AssetPage>> found = FindPage(view, name);
          if (found.ok()) page = **found;
          return found.status();
        },
        std::move(options));
    EXPECT_TRUE(status.ok() || absl::IsNotFound(status)) << status;
    return page;
  }
  std::optional<AssetPage> PageOf(const AssetName& name) { return PageOf(name, admin()); }
  std::optional<AssetPage> PageHeld(const AssetName& name, int64_t held) {
    testing_support::ReadOptions options;
    options.held_at = Timestamp(held);
    return PageOf(name, admin(), options);
  }
};

inline const v1::Aspect* AspectOf(const std::optional<AssetPage>& page, uint32_t number) {
  if (!page) return nullptr;
  for (const MergedAspect& aspect : page->aspects) {
    if (aspect.number == number) return &aspect.aspect;
  }
  return nullptr;
}

inline std::string DocOf(const std::optional<AssetPage>& page) {
  const v1::Aspect* aspect = AspectOf(page, v1::Aspect::kDocumentation);
  return aspect == nullptr ? "" : aspect->documentation().text();
}

// `a b (c)`: live columns, orphaned ones in brackets.
inline std::string ColumnsOf(const std::optional<AssetPage>& page) {
  std::string out;
  if (!page) return "hidden";
  for (const ColumnPage& column : page->columns) {
    if (!out.empty()) out += " ";
    const std::string path = JoinPath(column.path);
    out += column.orphaned ? "(" + path + ")" : path;
  }
  return out;
}

}  // namespace cadastre::catalog
