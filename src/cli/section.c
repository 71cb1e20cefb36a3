/* The engine is told of a cancel by the handler of Ctrl-C while it writes, and by the sink. */
#include "section.h"

#include <imapi2error.h>
#include "cancel.h"
#include "patience.h"

enum { BREAK_OFF_MS = 60000 };

enum oi_exit oi_section_open(struct oi_section *section, struct oi_drive *drive,
                             LONG sectors_per_second)
{
    struct oi_answer answer;
    HRESULT hr = CoCreateInstance(&CLSID_MsftWriteEngine2, NULL, CLSCTX_INPROC_SERVER,
                                  &IID_IWriteEngine2, (void **)&section->engine);

    if (SUCCEEDED(hr))
        hr = IWriteEngine2_put_Recorder(section->engine, drive->ex);
    if (SUCCEEDED(hr))
        hr = IWriteEngine2_put_UseStreamingWrite12(section->engine, VARIANT_FALSE);
    if (SUCCEEDED(hr))
        hr = IWriteEngine2_put_StartingSectorsPerSecond(section->engine, sectors_per_second);
    if (SUCCEEDED(hr))
        hr = IWriteEngine2_put_EndingSectorsPerSecond(section->engine, sectors_per_second);
    if (SUCCEEDED(hr))
        hr = IWriteEngine2_put_BytesPerSector(section->engine, OI_BLOCK_BYTES);
    if (SUCCEEDED(hr))
        hr = oi_sink_connect(&section->sink, section->engine, &section->progress);
    answer = oi_answer_from_call(hr);
    if (FAILED(hr))
        return oi_fail(OI_EXIT_FAILED, &answer, NULL, "the write engine can't be set up");
    return OI_EXIT_OK;
}

void oi_section_close(struct oi_section *section)
{
    if (!section->engine)
        return;
    oi_sink_disconnect(&section->sink);
    IWriteEngine2_Release(section->engine);
    section->engine = NULL;
}

struct oi_answer oi_section_write(struct oi_section *section, IStream *stream, int32_t start,
                                  uint32_t blocks, uint32_t single_speed)
{
    struct oi_answer answer;

    oi_progress_begin(&section->progress, "write", "Writing", blocks, single_speed);
    oi_cancel_engine(section->engine);
    if (oi_cancel_requested())
        answer = (struct oi_answer){.hr = E_IMAPI_REQUEST_CANCELLED};
    else
        answer = oi_answer_from_call(
            IWriteEngine2_WriteSection(section->engine, stream, start, (LONG)blocks));
    oi_cancel_engine(NULL);
    oi_progress_end(&section->progress,
                    SUCCEEDED(answer.hr) ? blocks : section->sink.blocks_written,
                    section->sink.buffer_percent);
    return answer;
}

void oi_section_break_off(struct oi_drive *drive)
{
    static const char what[] = "writing out its buffer";
    struct oi_answer ignored;

    oi_patience_begin(what);
    oi_drive_flush(drive, &ignored);
    oi_drive_settle(drive, BREAK_OFF_MS, what, &ignored);
    oi_patience_end();
}
