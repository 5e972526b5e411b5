// The SQLSTATEs of the contract, and the guard that keeps a half-loaded library from answering.
#pragma once

#include "pg/prelude.hpp"

#define ERRCODE_TENANT_REQUIRED MAKE_SQLSTATE('T', 'N', '0', '0', '1')
#define ERRCODE_UNKNOWN_TENANT MAKE_SQLSTATE('T', 'N', '0', '0', '2')
#define ERRCODE_TENANT_NOT_ACTIVE MAKE_SQLSTATE('T', 'N', '0', '0', '3')
#define ERRCODE_TENANT_IDENTITY_MISMATCH MAKE_SQLSTATE('T', 'N', '0', '0', '4')
#define ERRCODE_TENANT_SEALED MAKE_SQLSTATE('T', 'N', '0', '0', '5')
#define ERRCODE_TENANT_BOUNDARY MAKE_SQLSTATE('T', 'N', '0', '0', '6')
#define ERRCODE_TENANT_RATE_LIMITED MAKE_SQLSTATE('T', 'N', '0', '0', '7')
#define ERRCODE_TENANT_CIRCUIT_OPEN MAKE_SQLSTATE('T', 'N', '0', '0', '8')
#define ERRCODE_TENANT_QUOTA_EXCEEDED MAKE_SQLSTATE('T', 'N', '0', '0', '9')
#define ERRCODE_TENANT_CHANGED MAKE_SQLSTATE('T', 'N', '0', '1', '1')

namespace pg_tenant::pg {

// What loaded the library: the postmaster, the start of the session, or the first call of one of our
// functions.
enum class LoadedBy { kShared, kSession, kDemand };
extern LoadedBy loaded_by;
void note_loading() noexcept;

// Set once, as the last act of _PG_init.
void mark_initialised() noexcept;

[[noreturn]] void refuse_uninitialised();
extern bool initialised;

// Raises 55000 if the library was loaded but its _PG_init never ran: then no hook protects anything.
inline void require_initialised() {
	if (unlikely(!initialised))
		refuse_uninitialised();
}

// Raises 55000 unless the library was loaded with the server, and so is in every session; the feature is the
// message's subject.
void require_preloaded(const char *feature);

} // namespace pg_tenant::pg

// Defines an SQL-callable function. Every one refuses to answer when the hooks are not installed.
#define PG_TENANT_FUNCTION(name)                                                                             \
	static Datum name##_body(FunctionCallInfo fcinfo);                                                       \
	extern "C" {                                                                                             \
	PG_TENANT_EXPORT Datum name(PG_FUNCTION_ARGS);                                                           \
	PG_TENANT_EXPORT const Pg_finfo_record *pg_finfo_##name(void);                                           \
	PG_FUNCTION_INFO_V1(name);                                                                               \
	Datum name(PG_FUNCTION_ARGS) {                                                                           \
		pg_tenant::pg::require_initialised();                                                                \
		return name##_body(fcinfo);                                                                          \
	}                                                                                                        \
	}                                                                                                        \
	static Datum name##_body([[maybe_unused]] FunctionCallInfo fcinfo)
