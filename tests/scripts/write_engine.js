// The write engine from JScript: defaults, properties, and errors that a script can read. Ends with
// 0 when all is well, else with 1 after a line for each thing that is not.

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

function defaults(engine) {
    expect("BytesPerSector of a new engine", -1, engine.BytesPerSector);
    expect("StartingSectorsPerSecond of a new engine", -1, engine.StartingSectorsPerSecond);
    expect("EndingSectorsPerSecond of a new engine", -1, engine.EndingSectorsPerSecond);
    expect("UseStreamingWrite12 of a new engine", false, engine.UseStreamingWrite12);
    expect("WriteInProgress of a new engine", false, engine.WriteInProgress);
    expect("Recorder of a new engine", null, engine.Recorder);
}

function properties(engine) {
    engine.BytesPerSector = 2048;
    expect("BytesPerSector", 2048, engine.BytesPerSector);
    engine.bytesPerSector = "2352";
    expect("BytesPerSector from a string", 2352, engine.bytespersector);
    engine.StartingSectorsPerSecond = 680 * 16;
    expect("StartingSectorsPerSecond", 10880, engine.StartingSectorsPerSecond);
    engine.EndingSectorsPerSecond = -1;
    expect("EndingSectorsPerSecond", -1, engine.EndingSectorsPerSecond);
    engine.UseStreamingWrite12 = true;
    expect("UseStreamingWrite12", true, engine.UseStreamingWrite12);
    engine.UseStreamingWrite12 = false;
    expect("UseStreamingWrite12", false, engine.UseStreamingWrite12);
    engine.CancelWrite();
}

function errors(engine) {
    expectError("BytesPerSector = -7", 0x80070057, "BytesPerSector",
                function () { engine.BytesPerSector = -7; });
    expectError("EndingSectorsPerSecond = 0", 0x80070057, "sectors per second",
                function () { engine.EndingSectorsPerSecond = 0; });
    expectError("a recorder that is not initialised", 0x80004005, "InitializeDiscRecorder",
                function () { engine.Recorder = new ActiveXObject("IMAPI2.MsftDiscRecorder2"); });
    expect("Recorder after this", null, engine.Recorder);
}

function withRecorders(engine) {
    var master = new ActiveXObject("IMAPI2.MsftDiscMaster2");
    for (var i = 0; i < master.Count; i++) {
        var recorder = new ActiveXObject("IMAPI2.MsftDiscRecorder2");
        recorder.InitializeDiscRecorder(master.Item(i));
        engine.Recorder = recorder;
        expect("Recorder is there", false, engine.Recorder === null);
    }
}

function main() {
    defaults(new ActiveXObject("IMAPI2.MsftWriteEngine2"));
    defaults(new ActiveXObject("IMAPI2.MsftWriteEngine2.1"));
    properties(new ActiveXObject("IMAPI2.MsftWriteEngine2"));
    errors(new ActiveXObject("IMAPI2.MsftWriteEngine2"));
    withRecorders(new ActiveXObject("IMAPI2.MsftWriteEngine2"));
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
