#include "context/seal.hpp"

#include <cstring>

#include <openssl/crypto.h>

#include "context/settings.hpp"
#include "pg/error.hpp"
#include "pg/scoped.hpp"

extern "C" {
#include "access/parallel.h"
#include "access/xact.h"
#include "utils/builtins.h"
#include "utils/guc.h"
}

namespace pg_tenant::context {
namespace {

struct Seal {
	bool is_set;
	bool is_signed;
	core::TenantId tenant;
};

// Where both are set, both hold the same tenant.
Seal of_transaction;
Seal of_session;

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kTokenLength = 2 * kTokenBytes;
char session_token[kTokenLength + 1];

// What pg_tenant.sealed holds: one of these, and the tenant. Empty when nothing is sealed.
constexpr char kPlain = '=';
constexpr char kSigned = '!';
constexpr const char *kSetting = "pg_tenant.sealed";
char *published;
bool is_publishing = false;

bool check_published(char **, void **, GucSource) {
	// At its definition it is empty.
	if (is_publishing || InitializingParallelWorker || published == nullptr)
		return true;
	GUC_check_errdetail("Only tenant.seal() sets it.");
	return false;
}

// A worker is sealed as its leader is.
void assign_published(const char *value, void *) {
	if (!InitializingParallelWorker)
		return;
	of_session.is_set = value[0] != '\0';
	of_session.is_signed = value[0] == kSigned;
	// A text that is no tenant id seals to nobody.
	if (of_session.is_set && parse_tenant_id(value + 1, &of_session.tenant) != core::IdFault::kNone)
		memset(&of_session.tenant, 0, sizeof(of_session.tenant));
}

void transaction_ended(XactEvent event, void *) {
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE)
		of_transaction.is_set = false;
}

void put(Seal *seal, const core::TenantId &tenant, bool is_signed) {
	require_within_seal(&tenant);
	seal->is_signed = is_signed || (seal->is_set && seal->is_signed);
	seal->tenant = tenant;
	seal->is_set = true;
	publish_seal();
}

void make_token() {
	unsigned char bytes[kTokenBytes];
	if (!pg_strong_random(bytes, sizeof(bytes)))
		ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not generate a random token")));
	hex_encode(reinterpret_cast<const char *>(bytes), sizeof(bytes), session_token);
	session_token[kTokenLength] = '\0';
}

} // namespace

const core::TenantId *sealed_tenant() {
	if (of_transaction.is_set)
		return &of_transaction.tenant;
	return of_session.is_set ? &of_session.tenant : nullptr;
}

bool is_seal_signed() {
	return (of_transaction.is_set && of_transaction.is_signed) || (of_session.is_set && of_session.is_signed);
}

bool is_within_seal(const core::TenantId *tenant) {
	const core::TenantId *sealed = sealed_tenant();
	return sealed == nullptr || (tenant != nullptr && *tenant == *sealed);
}

void require_within_seal(const core::TenantId *tenant) {
	if (likely(is_within_seal(tenant)))
		return;
	ereport(
		ERROR,
		(errcode(ERRCODE_TENANT_SEALED),
		 errmsg("the %s is sealed to another tenant", of_session.is_set ? "session" : "transaction"),
		 errdetail("Only the tenant that was set when it was sealed may work."),
		 errhint("%s", of_session.is_set ? "SELECT tenant.unseal('the token of the seal');" : "ROLLBACK;")));
}

void require_signed_seal() {
	if (unlikely(require_signed && !is_seal_signed()))
		ereport(ERROR, (errcode(ERRCODE_TENANT_SEALED), errmsg("a signed token must name the tenant"),
						errhint("SELECT tenant.set_from_jwt('...');")));
}

void seal_transaction(const core::TenantId &tenant, bool is_signed) {
	put(&of_transaction, tenant, is_signed);
}

const char *seal_session(const core::TenantId &tenant, bool is_signed) {
	if (of_session.is_set)
		ereport(ERROR, (errcode(ERRCODE_TENANT_SEALED), errmsg("the session is sealed already"),
						errhint("SELECT tenant.unseal('the token of the seal');")));
	make_token();
	put(&of_session, tenant, is_signed);
	return session_token;
}

void unseal_session(const char *token) {
	if (!of_session.is_set)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("the session is not sealed"),
				 errdetail("A transaction's seal ends with the transaction.")));
	if (strlen(token) != kTokenLength || CRYPTO_memcmp(token, session_token, kTokenLength) != 0)
		ereport(ERROR, (errcode(ERRCODE_TENANT_SEALED), errmsg("this is not the token of the seal")));
	lift_session_seal();
}

void lift_session_seal() {
	OPENSSL_cleanse(session_token, sizeof(session_token));
	of_session.is_set = false;
	publish_seal();
}

void publish_seal() {
	const core::TenantId *tenant = sealed_tenant();
	if (likely(tenant == nullptr && published[0] == '\0'))
		return;
	char text[core::kMaxIdBytes + 2] = "";
	if (tenant != nullptr) {
		text[0] = is_seal_signed() ? kSigned : kPlain;
		strlcpy(text + 1, tenant->text, sizeof(text) - 1);
	}
	// Workers that run have what they were started with, and no new ones start before the next query does.
	if (strcmp(published, text) == 0 || IsInParallelMode())
		return;
	pg::with_value(&is_publishing, true, [&] {
		(void)set_config_option(kSetting, text, PGC_SUSET, PGC_S_SESSION, GUC_ACTION_SET, true, 0, false);
	});
}

void define_seal_setting() {
	DefineCustomStringVariable(
		kSetting, "The tenant that the session or the transaction is sealed to, for parallel workers.",
		"Read-only; tenant.seal() sets it.", &published, "", PGC_SUSET,
		GUC_NO_RESET_ALL | GUC_NOT_IN_SAMPLE | GUC_DISALLOW_IN_FILE | GUC_SUPERUSER_ONLY, check_published,
		assign_published, nullptr);
}

void watch_seal() { RegisterXactCallback(transaction_ended, nullptr); }

} // namespace pg_tenant::context
