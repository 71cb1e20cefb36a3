// A C++ client of the kind that is written for the Windows SDK: interfaces by inheritance,
// identifiers by __uuidof, nothing but the two public headers. It is compiled, never run.
#include <imapi2.h>
#include <imapi2error.h>

class Sink : public DDiscFormat2DataEvents
{
  public:
    HRESULT STDMETHODCALLTYPE QueryInterface(REFIID iid, void **out) override
    {
        if (iid != __uuidof(IUnknown) && iid != __uuidof(IDispatch) &&
            iid != __uuidof(DDiscFormat2DataEvents)) {
            *out = nullptr;
            return E_NOINTERFACE;
        }
        *out = static_cast<DDiscFormat2DataEvents *>(this);
        return S_OK;
    }
    ULONG STDMETHODCALLTYPE AddRef() override
    {
        return 2;
    }
    ULONG STDMETHODCALLTYPE Release() override
    {
        return 1;
    }
    HRESULT STDMETHODCALLTYPE GetTypeInfoCount(UINT *count) override
    {
        *count = 0;
        return S_OK;
    }
    HRESULT STDMETHODCALLTYPE GetTypeInfo(UINT, LCID, ITypeInfo **) override
    {
        return E_NOTIMPL;
    }
    HRESULT STDMETHODCALLTYPE GetIDsOfNames(REFIID, LPOLESTR *, UINT, LCID, DISPID *) override
    {
        return E_NOTIMPL;
    }
    HRESULT STDMETHODCALLTYPE Invoke(DISPID id, REFIID, LCID, WORD, DISPPARAMS *params, VARIANT *,
                                     EXCEPINFO *, UINT *) override
    {
        if (id != DISPID_DDISCFORMAT2DATAEVENTS_UPDATE)
            return DISP_E_MEMBERNOTFOUND;
        return Update(params->rgvarg[1].pdispVal, params->rgvarg[0].pdispVal);
    }
    HRESULT STDMETHODCALLTYPE Update(IDispatch *object, IDispatch *progress) override
    {
        IDiscFormat2Data *writer = nullptr;
        IDiscFormat2DataEventArgs *args = nullptr;
        IMAPI_FORMAT2_DATA_WRITE_ACTION action = IMAPI_FORMAT2_DATA_WRITE_ACTION_VALIDATING_MEDIA;
        HRESULT hr = progress->QueryInterface(__uuidof(args), reinterpret_cast<void **>(&args));

        if (SUCCEEDED(hr)) {
            hr = args->get_CurrentAction(&action);
            args->Release();
        }
        if (action == IMAPI_FORMAT2_DATA_WRITE_ACTION_WRITING_DATA &&
            SUCCEEDED(
                object->QueryInterface(__uuidof(writer), reinterpret_cast<void **>(&writer)))) {
            hr = writer->CancelWrite();
            writer->Release();
        }
        return hr;
    }
};

HRESULT ListFeatures(BSTR id, IMAPI_FEATURE_PAGE_TYPE **pages,
                     ULONG_IMAPI2_ALL_FEATURE_PAGES *count)
{
    IDiscRecorder2 *recorder = nullptr;
    IDiscRecorder2Ex *extended = nullptr;
    HRESULT hr =
        CoCreateInstance(__uuidof(MsftDiscRecorder2), nullptr, CLSCTX_ALL, IID_PPV_ARGS(&recorder));

    if (FAILED(hr))
        return hr;
    hr = recorder->InitializeDiscRecorder(id);
    if (hr == E_IMAPI_RECORDER_LOCKED)
        hr = E_ACCESSDENIED;
    if (SUCCEEDED(hr))
        hr = recorder->QueryInterface(IID_PPV_ARGS(&extended));
    if (SUCCEEDED(hr)) {
        hr = extended->GetSupportedFeaturePages(TRUE, pages, count);
        extended->Release();
    }
    recorder->Release();
    return hr;
}

bool IsRewritable(PIMAPI_MEDIA_PHYSICAL_TYPE type)
{
    return *type == IMAPI_MEDIA_TYPE_CDRW || *type == IMAPI_MEDIA_TYPE_BDRE;
}

HRESULT EventTypeInfo(ITypeInfo **info)
{
    ITypeLib *library = nullptr;
    HRESULT hr = LoadRegTypeLib(LIBID_IMAPILib2, IMAPILib2_MajorVersion, IMAPILib2_MinorVersion, 0,
                                &library);

    if (FAILED(hr))
        return hr;
    hr = library->GetTypeInfoOfGuid(IID_DDiscFormat2DataEvents, info);
    library->Release();
    return hr;
}

IUnknown *NewSink()
{
    static Sink sink;

    return &sink;
}
