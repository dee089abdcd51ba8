// A source, what it tells while it is crawled, and the row by which the program knows its type.
//
// Owner: the program makes one source for a run; it outlives the run. Thread rule: confined.
// Errors of a source: UNAVAILABLE where it cannot be reached, UNAUTHENTICATED and PERMISSION_DENIED where it refuses;
// each text in the source's own words, from which the runner takes the recipe's secrets.
//
// To add a source type: a class of this kind in a room of its own, and its row in main.cc.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cadastre/catalog/v1/aspects.pb.h"
#include "cadastre/catalog/v1/asset.pb.h"
#include "cadastre/ingest/v1/ingest.pb.h"
#include "ingestors/runner/recipe.h"

namespace cadastre::ingest {

// Takes what a crawl sees. A scope is a part of the source that is known wholly or not: it begins by the first call
// that names it, and is complete only once somebody said so. What is never ended was cut short, and misses nothing.
class Sink {
 public:
  virtual ~Sink() = default;

  // One object of a scope. Its digest and `renamed_from` are the sink's to fill. Anything but OK ends the crawl: the
  // catalog cannot be reached any more, or another run took over.
  virtual absl::Status Emit(const std::string& scope, ingest::v1::CrawledObject object) = 0;

  struct Unread {
    // As people know it.
    std::string shown;
    // Where it has a name that an asset may bear.
    std::optional<catalog::v1::AssetRef> asset;
    // The source's own id; empty for none.
    std::string source_id;
    std::string reason;
  };
  // An object that is there and could not be read or named: it fails by itself, and is not missed.
  virtual void Fail(const std::string& scope, Unread object) = 0;

  // Everything in the scope was emitted or failed.
  virtual void Complete(const std::string& scope) = 0;
  // Some of it was not. The worst word on a scope stands.
  virtual void Partial(const std::string& scope, std::string_view reason) = 0;
  virtual void Failed(const std::string& scope, std::string_view reason) = 0;
};

// One thing that a crawl needs of its source.
struct Check {
  std::string what;
  bool ok = false;
  // What was found, or what to run so that it is: `GRANT CONNECT ON DATABASE "shop" TO "cadastre"`.
  std::string told;
};

class Source {
 public:
  virtual ~Source() = default;

  // The namespace of its assets.
  virtual std::string Namespace() const = 0;
  // Those of what it tells besides, such as a pipeline's jobs: an account of its crawls pushes there too.
  virtual std::vector<std::string> MoreNamespaces() const { return {}; }

  // Looks at everything a crawl needs, without crawling. Errors as above, where not even that can be looked at.
  virtual absl::StatusOr<std::vector<Check>> Test() = 0;

  // Emits everything the recipe takes, in an order that stays the same while the source does. Not OK where the source
  // as a whole could not be read, or where the sink ended it.
  virtual absl::Status Crawl(Sink& sink) = 0;

  // Whether a crawl by this recipe would see the asset if it were there: what was filtered out is not gone.
  virtual bool Covers(const catalog::v1::AssetRef& asset) const = 0;
  // The scope that lists what scopes there are beside this one; empty for the topmost. A scope that a complete listing
  // does not list any more is known to be empty.
  virtual std::string ScopeAbove(const std::string& scope) const = 0;
};

struct SourceType {
  // What `source.type` says; also the tool its statements are told by.
  std::string_view word;
  std::string_view summary;
  // Those of `source` and `scope` that this type alone knows.
  const std::vector<RecipeKey>* keys = nullptr;
  // The kinds of aspects its objects may state: of a changed object those not stated any more are withdrawn.
  std::vector<catalog::v1::Aspect::ValueCase> states;
  // INVALID_ARGUMENT where the recipe says what cannot be.
  std::function<absl::StatusOr<std::unique_ptr<Source>>(const Recipe&)> make;
};

}  // namespace cadastre::ingest
