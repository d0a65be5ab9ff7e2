package chart
import ("testing";"os";"averted/evaluate";"averted/evaluate/engine/memory";"averted/evaluate/study";"averted/costing";"averted/report";"averted/report/release";"averted/report/telling";"encoding/json";"fmt")
func TestTry(t *testing.T){
 for _,s:=range []string{"dudley-integrated-plus","epilepsy-trial"} {
 plan,err:=study.Read("../../fixtures/studies/"+s+"/study.yaml"); if err!=nil{t.Fatal(err)}
 f,err:=evaluate.Run(t.Context(),plan,memory.Engine{},nil); if err!=nil{t.Fatal(err)}
 pr,err:=costing.Prices(plan); if err!=nil{t.Fatal(err)}
 b:=costing.Price(f,pr)
 r,err:=release.Control(report.Assemble(f,b,pr)); if err!=nil{t.Fatal(err)}
 cs,err:=Draw(r); if err!=nil{t.Fatal(err)}
 for _,c:=range cs{ os.WriteFile("/tmp/try/"+s+"-"+c.Name+".png",c.PNG,0o644); os.WriteFile("/tmp/try/"+c.Name+".svg",c.SVG,0o644)}
 fmt.Println(telling.Answer(r)); fmt.Println(telling.Money(r,telling.Longest(r).Label,"service"))
 for _,c:=range telling.Caveats(r){fmt.Println("-",c)}
 j,_:=json.MarshalIndent(r,""," "); os.WriteFile("/tmp/try/"+s+".json",j,0o644)
 }
}
