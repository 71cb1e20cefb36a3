// Recorders from JScript. Works on a computer without recorders; on one that has some, asks all of
// them. Ends with 0 when all is well, else with 1 after a line for each thing that is not.

var failures = 0;

function expect(what, expected, got) {
    if (expected !== got) {
        WScript.Echo(what + ": expected " + expected + " (" + typeof expected + "), got " + got +
                     " (" + typeof got + ")");
        failures++;
    }
}

// body must fail with this HRESULT and a description that holds these words.
function expectError(what, number, words, body) {
    try {
        body();
    } catch (error) {
        expect("the number of " + what, number | 0, error.number);
        if (String(error.description).toLowerCase().indexOf(words.toLowerCase()) < 0) {
            WScript.Echo(what + ": expected a description with \"" + words + "\", got \"" +
                         error.description + "\"");
            failures++;
        }
        return;
    }
    WScript.Echo(what + ": expected an error, got none");
    failures++;
}

function enumeration(master) {
    for (var index = 0; index < master.Count; index++) {
        expect("item " + index + " is a string", "string", typeof master.Item(index));
        expect("master(" + index + ")", master.Item(index), master(index));
    }
    expect("IsSupportedEnvironment", index > 0, master.IsSupportedEnvironment);
    expectError("Item(-1)", 0x80070057, "recorder",
                function () { return master.Item(-1); });
    expectError("Item(Count)", 0x80070057, "recorder",
                function () { return master.Item(master.Count); });
}

// JScript's For Each.
function enumerator(master) {
    var index = 0;
    try {
        for (var ids = new Enumerator(master); !ids.atEnd(); ids.moveNext()) {
            expect("the enumerator's item " + index, master.Item(index), ids.item());
            index++;
        }
    } catch (error) {
        expect("the Enumerator's error", "none", error.number + " " + error.description);
        return;
    }
    expect("Count", index, master.Count);
}

function askRecorder(id) {
    var recorder = new ActiveXObject("IMAPI2.MsftDiscRecorder2");
    recorder.InitializeDiscRecorder(id);
    expect("ActiveDiscRecorder", id, recorder.ActiveDiscRecorder);
    expect("VendorId is a string", "string", typeof recorder.VendorId);
    expect("ProductId is a string", "string", typeof recorder.ProductId);
    expect("LegacyDeviceNumber is a number", "number", typeof recorder.LegacyDeviceNumber);
    expect("DeviceCanLoadMedia is a boolean", "boolean", typeof recorder.DeviceCanLoadMedia);
}

// Only for recorders in software: those of other programs may be in use.
function lockRecorder(id) {
    if (id.indexOf("#virtual#") < 0)
        return;
    var mine = new ActiveXObject("IMAPI2.MsftDiscRecorder2");
    var other = new ActiveXObject("IMAPI2.MsftDiscRecorder2.1");
    mine.InitializeDiscRecorder(id);
    other.InitializeDiscRecorder(id);
    mine.AcquireExclusiveAccess(true, "JScript");
    expect("ExclusiveAccessOwner", "JScript", other.ExclusiveAccessOwner);
    expectError("a second owner", 0xC0AA0210, "JScript",
                function () { other.AcquireExclusiveAccess(false, "somebody else"); });
    mine.ReleaseExclusiveAccess();
    expect("ExclusiveAccessOwner afterwards", "", other.ExclusiveAccessOwner);
}

function errors(recorder) {
    expectError("VendorId before InitializeDiscRecorder", 0x80004005, "InitializeDiscRecorder",
                function () { return recorder.VendorId; });
    expectError("InitializeDiscRecorder with nonsense", 0x80070057, "no such recorder",
                function () { recorder.InitializeDiscRecorder("no such recorder"); });
    expectError("AcquireExclusiveAccess with a bad name", 0xC0AA0211, "name",
                function () { recorder.AcquireExclusiveAccess(true, "a/b"); });
}

function main() {
    var master = new ActiveXObject("IMAPI2.MsftDiscMaster2");
    enumeration(master);
    enumerator(master);
    errors(new ActiveXObject("IMAPI2.MsftDiscRecorder2"));
    for (var i = 0; i < master.Count; i++) {
        askRecorder(master.Item(i));
        lockRecorder(master.Item(i));
    }
}

// An error that nobody handles ends a script under Wine with code 0.
try {
    main();
} catch (error) {
    WScript.Echo("stopped by error " + error.number + " " + error.description);
    failures++;
}
if (failures === 0)
    WScript.Echo("ok");
WScript.Quit(failures > 0 ? 1 : 0);
