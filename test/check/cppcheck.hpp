// What cppcheck must know of the server's macros; it does not read the server's headers.
#define PG_VERSION_NUM 150000
#define pg_attribute_printf(format, arguments)
#define foreach(cell, list) for (cell = list_head(list); cell != nullptr; cell = lnext(list, cell))
#define foreach_current_index(cell) index_of(cell)
#define PG_TRY() if (begin_try()) {
#define PG_CATCH()                                                                                           \
	}                                                                                                        \
	else {
#define PG_FINALLY()                                                                                         \
	}                                                                                                        \
	{
#define PG_END_TRY() }
#define PG_RE_THROW() abort()
#define ereport(level, rest)                                                                                 \
	do {                                                                                                     \
		report rest;                                                                                         \
		if (level >= ERROR)                                                                                  \
			abort();                                                                                         \
	} while (false)
