// Every table on disk: its first byte, its shape and the room that owns it.
//
// A key is the keyspace byte, then fixed-width big-endian numbers and byte
// strings that end in \0 (no input may contain \0), then the suffix its shape
// asks for. At most kKeyBytesMax bytes in all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cadastre::storage {

inline constexpr size_t kKeyBytesMax = 2000;

// How rows of a table are versioned.
enum class Shape : uint8_t {
  kPlain,      // <key>                  read as it stands, whatever the revision bound
  kVersioned,  // <key><~r>              the newest at or before the bound; an empty value is a tombstone
  kHeld,       // <key><~held><~r>       the newest held, then the newest known; an empty value withdraws
};

// The owner is the room named in the comment; `storage` owns the rest.
enum class Keyspace : uint8_t {
  kMeta = 0x01,         // plain      format version, counters, checkpoints of followers        storage
  kLog = 0x02,          // plain      <r> -> record.LogEntry                                     storage
  kTime = 0x03,         // plain      <t> -> r                                                   storage
  kOnce = 0x04,         // plain      <principal>\0<key>\0 -> record.Once                        authz
  kName = 0x10,         // versioned  <kind u8><namespace>\0<name>\0 -> record.Name              authz
  kAlias = 0x11,        // versioned  <from u64><to u64><producer u32> -> record.Alias           catalog
  kAliasOf = 0x12,      // versioned  <to u64><from u64><producer u32> -> record.Alias           catalog
  kAsset = 0x13,        // versioned  <id u64> -> record.AssetHeader                             authz
  kIntern = 0x14,       // plain      <space u8><text>\0 -> number; <space u8>\0<u32> -> text    authz
  kMember = 0x15,       // versioned  <container u64><member u64> -> 1 (browse by container)     catalog
  kEditCount = 0x16,    // versioned  <id u64><column u32><aspect u32> -> record.EditCount       catalog
  kAspect = 0x20,       // held       <id u64><column u32><aspect u32><producer u32>             catalog
  kColumn = 0x21,       // versioned  <id u64><column u32> -> record.Column                      catalog
  kCrawl = 0x22,        // plain      <what u8><source u64>… -> sources, crawls, what they saw       catalog
  kOut = 0x30,          // held       <from u64><edge kind u8><to u64><job u64><producer u32>    lineage
  kIn = 0x31,           // held       <to u64><edge kind u8><from u64><job u64><producer u32>    lineage
  kRun = 0x32,          // plain      <job u64><~start u64><run id>\0 -> record.Run              lineage
  kRunId = 0x33,        // plain      <run id>\0<job u64> -> start                               lineage
  kSeen = 0x34,         // plain      <what u8>… -> last seen, counts, latest runs               lineage, catalog
  kRollup = 0x35,       // plain      <job u64><~day u32> -> record.RunRollup                    lineage
  kPrincipal = 0x40,    // versioned  <id>\0 -> record.Principal                                 authz
  kRole = 0x41,         // versioned  <id>\0 -> record.Role                                      authz
  kGrant = 0x42,        // versioned  <id>\0 -> record.Grant                                     authz
  kPerson = 0x43,       // plain      <id>\0 -> record.Person (erasable names, password hash)    authz
  kToken = 0x44,        // plain      <sha256> -> record.Token                                   authz
  kTokenOf = 0x45,      // plain      <principal>\0<token id>\0 -> sha256                        authz
  kEnvironment = 0x46,  // versioned  <id>\0 -> record.EnvironmentRule                        authz
  kAudit = 0x50,        // plain      <log u32><n u64> -> record.AuditLeaf bytes as hashed       authz
  kMerkle = 0x51,       // plain      <log u32><level u8><index u64> -> 32 bytes                 authz
  kAuditHead = 0x52,    // plain      <log u32> -> record.AuditHead                              authz
  kPersonal = 0x53,     // plain      <log u32><n u64> -> record.AuditPersonal (erasable)        authz
  kAuditTrim = 0x54,    // plain      <log u32> -> record.AuditTrim (where the kept leaves begin)  authz
  kPush = 0x60,         // plain      <principal>\0<stream id>\0 -> durable; …<slot u16> -> event  authz
};

// The shape of a table; a fixed property that the Gc relies on.
constexpr Shape ShapeOf(Keyspace keyspace) {
  switch (keyspace) {
    case Keyspace::kName:
    case Keyspace::kAlias:
    case Keyspace::kAliasOf:
    case Keyspace::kAsset:
    case Keyspace::kMember:
    case Keyspace::kEditCount:
    case Keyspace::kColumn:
    case Keyspace::kPrincipal:
    case Keyspace::kRole:
    case Keyspace::kGrant:
    case Keyspace::kEnvironment: return Shape::kVersioned;
    case Keyspace::kAspect:
    case Keyspace::kOut:
    case Keyspace::kIn: return Shape::kHeld;
    default: return Shape::kPlain;
  }
}

}  // namespace cadastre::storage
