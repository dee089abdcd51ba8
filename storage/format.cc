#include "storage/format.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/log.h"
#include "base/status.h"
#include "cadastre/record/registry.pb.h"
#include "storage/row_key.h"

namespace cadastre::storage {
namespace {

constexpr std::string_view kFormatRow = "storage.format";
// Where the migration from the format in kFormatRow stands.
constexpr std::string_view kMigrationRow = "storage.migration";

Status WriteVersion(Engine* engine, uint32_t version, Batch batch) {
  std::string row;
  base::AppendU32(row, version);
  batch.Put(MetaKey(kFormatRow), std::move(row));
  return engine->Write(batch, /*sync=*/true);
}

StatusOr<std::optional<uint32_t>> ReadVersion(Engine* engine) {
  ASSIGN_OR_RETURN(const std::optional<std::string> row, engine->Get(MetaKey(kFormatRow)));
  if (!row) return std::optional<uint32_t>();
  base::ByteReader reader(*row);
  ASSIGN_OR_RETURN(const uint32_t version, reader.ReadU32());
  RETURN_IF_ERROR(reader.ExpectEnd());
  return std::optional<uint32_t>(version);
}

Status Migrate(Engine* engine, const Migration& migration) {
  ASSIGN_OR_RETURN(const std::optional<std::string> kept, engine->Get(MetaKey(kMigrationRow)));
  std::optional<std::string> cursor = kept.value_or("");
  while (true) {
    Batch batch;
    ASSIGN_OR_RETURN(cursor, migration.step(engine, *cursor, &batch));
    if (!cursor) {
      batch.Delete(MetaKey(kMigrationRow));
      return WriteVersion(engine, migration.from + 1, std::move(batch));
    }
    batch.Put(MetaKey(kMigrationRow), *cursor);
    RETURN_IF_ERROR(engine->Write(batch, /*sync=*/true));
  }
}

}  // namespace

namespace {

StatusOr<std::optional<std::string>> RemoveSpellings(Engine* engine, const std::string& cursor, Batch* batch) {
  constexpr int kRowsAStep = 10'000;
  const std::string begin = TableBegin(Keyspace::kName);
  const auto rows = engine->NewCursor(cursor.empty() ? begin : cursor, base::PrefixEnd(begin));
  for (int i = 0; i < kRowsAStep && rows->Valid(); ++i, rows->Next()) {
    record::Name name;
    const std::string_view value = rows->value();
    if (!name.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
      return base::DataLoss("a name does not parse");
    }
    if (name.folded()) batch->Delete(std::string(rows->key()));
  }
  RETURN_IF_ERROR(rows->status());
  if (!rows->Valid()) return std::optional<std::string>();
  return std::optional<std::string>(rows->key());
}

}  // namespace

const std::vector<Migration>& Migrations() {
  static const auto* const migrations = new std::vector<Migration>{
      // Rows stay as they are.
      {2, [](Engine*, const std::string&, Batch*) { return std::optional<std::string>(); }},
      {3, RemoveSpellings},
  };
  return *migrations;
}

Status PrepareFormat(Engine* engine, uint32_t version, const std::vector<Migration>& migrations) {
  ASSIGN_OR_RETURN(const std::optional<uint32_t> found, ReadVersion(engine));
  if (!found) {
    ASSIGN_OR_RETURN(const std::optional<KeyValue> last,
                     engine->Last(std::string(1, '\0'), std::string(kKeyBytesMax, '\xff')));
    if (last) return base::FailedPrecondition("the data folder holds a store that this program did not write");
    return WriteVersion(engine, version, Batch());
  }
  if (*found > version) {
    return base::FailedPrecondition("the data folder was written in format ", *found, ", this program knows up to ",
                                    version, "; start a newer program or restore a backup");
  }
  for (uint32_t from = *found; from < version; ++from) {
    const auto migration = std::find_if(migrations.begin(), migrations.end(),
                                        [from](const Migration& candidate) { return candidate.from == from; });
    if (migration == migrations.end()) {
      return base::FailedPrecondition("the data folder was written in format ", from,
                                      ", which this program can no longer bring up to date");
    }
    base::LogInfo("bringing the store up to date", {{"from", from}, {"to", from + 1}});
    RETURN_IF_ERROR(Migrate(engine, *migration));
  }
  return absl::OkStatus();
}

}  // namespace cadastre::storage
